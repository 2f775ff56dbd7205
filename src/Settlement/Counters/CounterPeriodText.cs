using Settlement.Rates;

namespace Settlement.Counters;

/// <summary>Periods of counters as stores keep them.</summary>
internal static class CounterPeriodText
{
    public static string Of(CountedOver period) => period switch
    {
        CountedOver.Life => "lifetime",
        CountedOver.Year => "year",
        CountedOver.Month => "month",
        CountedOver.Week => "week",
        CountedOver.Day => "day",
        _ => throw new ArgumentOutOfRangeException(nameof(period), period, "Items are counted over their lifetime, a year, a month, a week or a day."),
    };

    /// <exception cref="InvalidOperationException">The text is that of no period.</exception>
    public static CountedOver Parse(string text) => text switch
    {
        "lifetime" => CountedOver.Life,
        "year" => CountedOver.Year,
        "month" => CountedOver.Month,
        "week" => CountedOver.Week,
        "day" => CountedOver.Day,
        _ => throw new InvalidOperationException(
            $"A row of counter_periods has the period '{text}', which this version doesn't know. Restore the row, or update the package."),
    };
}
