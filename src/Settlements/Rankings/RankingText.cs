namespace Settlements;

/// <summary>Converts periods and quantities of rankings to their stored form.</summary>
internal static class RankingText
{
    public static string Of(CalendarPeriod period) => period switch
    {
        CalendarPeriod.Day => "day",
        CalendarPeriod.Week => "week",
        CalendarPeriod.Month => "month",
        _ => throw new ArgumentOutOfRangeException(nameof(period), period, "Rankings are stored for days, weeks and months."),
    };

    /// <exception cref="InvalidOperationException">The text is not the name of a period.</exception>
    public static CalendarPeriod Parse(string text) => text switch
    {
        "day" => CalendarPeriod.Day,
        "week" => CalendarPeriod.Week,
        "month" => CalendarPeriod.Month,
        _ => throw new InvalidOperationException(
            $"A row of rankings has the unknown period '{text}'. Restore the row, or update the package."),
    };

    /// <summary>Limits a quantity to 64 bits, so that an item with a greater sum does not prevent the publication of the day.</summary>
    public static long Clamp(Int128 quantity) => (long)Int128.Clamp(quantity, long.MinValue, long.MaxValue);
}
