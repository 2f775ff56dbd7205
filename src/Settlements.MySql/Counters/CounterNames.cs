using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>How counters are named in the tables.</summary>
internal static class CounterNames
{
    /// <summary>Of totals that belong to no period.</summary>
    public static DateOnly NoPeriod => BusinessCalendar.FirstDay;

    public static string OfRounding(string currency) => $"rounding {currency}";

    public static string OfVolume(string version) => $"volume {version}";

    /// <summary>The rows of item_counters of a period, as a condition.</summary>
    public static string Condition(CounterInstance instance) =>
        $"meter = {Sql.Literal(instance.Meter)} AND period = {Sql.Literal(CounterPeriodText.Of(instance.Period))} AND period_start = {Sql.Literal(instance.Start)}";
}
