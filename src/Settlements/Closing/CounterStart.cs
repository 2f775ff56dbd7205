using Settlements.Stores;

namespace Settlements;

/// <summary>Creates the counters of counter periods that no earlier rate version uses.</summary>
internal static class CounterStart
{
    /// <summary>
    /// Creates the counters of the current period for each rate version with a counter period that its meter has not used before.
    /// </summary>
    public static async Task BeginAsync(
        ICounterStore counters, Settings settings, BusinessCalendar calendar, DateOnly day, CancellationToken cancellationToken)
    {
        var begun = (await counters.ListPeriodsAsync(cancellationToken).ConfigureAwait(false)).ToHashSet();
        foreach (var meter in settings.MeterRates.Values)
        {
            foreach (var period in meter.Periods.Where(p => !begun.Contains((meter.Meter, p))))
            {
                // The first usage date that is priced over this kind of period.
                var first = meter.All().Where(v => v.Table.CounterPeriod == period).Min(v => v.FirstDay);
                var date = first > day ? first : day;
                var instance = new CounterInstance(meter.Meter, period, CounterCache.StartOf(period, date, calendar));
                await counters.BeginPeriodAsync(instance, CounterCache.DaysOf(period, date, calendar), cancellationToken)
                    .ConfigureAwait(false);
            }
        }
    }
}
