using Settlement.Rates;

namespace Settlement.Sqlite.Counters;

/// <summary>The names of counter periods in the tables.</summary>
internal static class CounterPeriods
{
    public static string Name(CountedOver period) => period switch
    {
        CountedOver.Life => "lifetime",
        CountedOver.Year => "year",
        CountedOver.Month => "month",
        CountedOver.Week => "week",
        CountedOver.Day => "day",
        _ => throw new ArgumentOutOfRangeException(nameof(period), period, "Items are counted over the lifetime, a year, a month, a week or a day."),
    };

    public static CountedOver Parse(string name) => name switch
    {
        "lifetime" => CountedOver.Life,
        "year" => CountedOver.Year,
        "month" => CountedOver.Month,
        "week" => CountedOver.Week,
        "day" => CountedOver.Day,
        _ => throw new FormatException($"'{name}' is not a counter period; use lifetime, year, month, week or day."),
    };
}
