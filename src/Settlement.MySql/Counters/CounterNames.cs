using Settlement.Calendars;
using Settlement.Counters;
using Settlement.MySql.Database;
using Settlement.Rates;

namespace Settlement.MySql.Counters;

/// <summary>How counters are named in the tables.</summary>
internal static class CounterNames
{
    private static readonly CountedOver[] All = [CountedOver.Life, CountedOver.Year, CountedOver.Month, CountedOver.Week, CountedOver.Day];

    /// <summary>Of totals that belong to no period.</summary>
    public static DateOnly NoPeriod => BusinessCalendar.FirstDay;

    public static string Of(CountedOver period) => period switch
    {
        CountedOver.Life => "lifetime",
        CountedOver.Year => "year",
        CountedOver.Month => "month",
        CountedOver.Week => "week",
        CountedOver.Day => "day",
        _ => throw new ArgumentOutOfRangeException(nameof(period), period, "Items are counted over their lifetime, a year, a month, a week or a day."),
    };

    public static CountedOver Parse(string name) => Array.Find(All, period => Of(period) == name);

    public static string OfRounding(string currency) => $"rounding {currency}";

    public static string OfVolume(string version) => $"volume {version}";

    /// <summary>The rows of item_counters of a period, as a condition.</summary>
    public static string Condition(CounterInstance instance) =>
        $"meter = {Sql.Literal(instance.Meter)} AND period = {Sql.Literal(Of(instance.Period))} AND period_start = {Sql.Literal(instance.Start)}";
}
