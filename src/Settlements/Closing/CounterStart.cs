using Settlements.Stores;

namespace Settlements;

/// <summary>Begins counters of periods that no version before counted over.</summary>
internal static class CounterStart
{
    /// <summary>A version that counts over another kind of period than those before needs the counters of the period under way.</summary>
    public static async Task BeginAsync(ICounterStore counters, SettlementPlan plan, DateOnly day, CancellationToken cancellationToken)
    {
        var begun = (await counters.ListPeriodsAsync(cancellationToken).ConfigureAwait(false)).ToHashSet();
        foreach (var meter in plan.Rates.Values)
        {
            foreach (var period in meter.Periods.Where(p => !begun.Contains((meter.Meter, p))))
            {
                // The first usage date that needs it: nothing before it is priced over this kind of period.
                var first = meter.All().Where(v => v.Table.CounterPeriod == period).Min(v => v.FirstDay);
                var date = first > day ? first : day;
                var instance = new CounterInstance(meter.Meter, period, CounterCache.StartOf(period, date, plan.Calendar));
                await counters.BeginPeriodAsync(instance, CounterCache.DaysOf(period, date, plan.Calendar), cancellationToken)
                    .ConfigureAwait(false);
            }
        }
    }
}
