namespace Settlements;

/// <summary>Periods and quantities of rankings as stores keep them.</summary>
internal static class RankingText
{
    public static string Of(CalendarPeriod period) => period switch
    {
        CalendarPeriod.Day => "day",
        CalendarPeriod.Week => "week",
        CalendarPeriod.Month => "month",
        _ => throw new ArgumentOutOfRangeException(nameof(period), period, "Rankings are kept of days, weeks and months."),
    };

    /// <exception cref="InvalidOperationException">The text is that of no period.</exception>
    public static CalendarPeriod Parse(string text) => text switch
    {
        "day" => CalendarPeriod.Day,
        "week" => CalendarPeriod.Week,
        "month" => CalendarPeriod.Month,
        _ => throw new InvalidOperationException(
            $"A row of rankings has the period '{text}', which this version doesn't know. Restore the row, or update the package."),
    };

    /// <summary>A quantity as rankings keep it: one item's impossible sum must not keep a day from being published.</summary>
    public static long Clamp(Int128 quantity) => (long)Int128.Clamp(quantity, long.MinValue, long.MaxValue);
}
