using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>The names of counters in the tables.</summary>
internal static class CounterNames
{
    /// <summary>The period start of totals without a period.</summary>
    public static DateOnly NoPeriod => BusinessCalendar.FirstDay;

    public static string OfRounding(string currency) => $"rounding {currency}";

    public static string OfVolume(string version) => $"volume {version}";

    /// <summary>Returns the condition for the rows of item_counters of a period.</summary>
    public static string Condition(CounterInstance instance) =>
        $"meter = {Sql.Literal(instance.Meter)} AND period = {Sql.Literal(CounterPeriodText.Of(instance.Period))} AND period_start = "
            + $"{Sql.Literal(instance.Start)}";
}
