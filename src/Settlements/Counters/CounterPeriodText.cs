namespace Settlements;

/// <summary>Periods of counters as stores keep them.</summary>
internal static class CounterPeriodText
{
    public static string Of(CounterPeriod period) => period switch
    {
        CounterPeriod.Lifetime => "lifetime",
        CounterPeriod.Year => "year",
        CounterPeriod.Month => "month",
        CounterPeriod.Week => "week",
        CounterPeriod.Day => "day",
        _ => throw new ArgumentOutOfRangeException(nameof(period), period, "Items are counted over their lifetime, a year, a month, a week or a day."),
    };

    /// <exception cref="InvalidOperationException">The text is that of no period.</exception>
    public static CounterPeriod Parse(string text) => text switch
    {
        "lifetime" => CounterPeriod.Lifetime,
        "year" => CounterPeriod.Year,
        "month" => CounterPeriod.Month,
        "week" => CounterPeriod.Week,
        "day" => CounterPeriod.Day,
        _ => throw new InvalidOperationException(
            $"A row of counter_periods has the period '{text}', which this version doesn't know. Restore the row, or update the package."),
    };
}
