namespace Settlements;

/// <summary>The text form of <see cref="CounterPeriod"/> in a store.</summary>
internal static class CounterPeriodText
{
    public static string Of(CounterPeriod period) => period switch
    {
        CounterPeriod.Lifetime => "lifetime",
        CounterPeriod.Year => "year",
        CounterPeriod.Month => "month",
        CounterPeriod.Week => "week",
        CounterPeriod.Day => "day",
        _ => throw new ArgumentOutOfRangeException(nameof(period), period, "Use Lifetime, Year, Month, Week or Day."),
    };

    /// <exception cref="InvalidOperationException">The text is not the name of a period.</exception>
    public static CounterPeriod Parse(string text) => text switch
    {
        "lifetime" => CounterPeriod.Lifetime,
        "year" => CounterPeriod.Year,
        "month" => CounterPeriod.Month,
        "week" => CounterPeriod.Week,
        "day" => CounterPeriod.Day,
        _ => throw new InvalidOperationException(
            $"A row of counter_periods has the unknown period '{text}'. Restore the row, or update the package."),
    };
}
