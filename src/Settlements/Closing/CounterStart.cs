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
        foreach (var (instance, days) in await FindAsync(counters, settings, calendar, day, cancellationToken).ConfigureAwait(false))
            await counters.BeginPeriodAsync(instance, days, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Returns the periods, with their days, whose counters the close of a day creates.</summary>
    public static async Task<IReadOnlyList<(CounterInstance Instance, DateRange Days)>> FindAsync(
        ICounterStore counters, Settings settings, BusinessCalendar calendar, DateOnly day, CancellationToken cancellationToken)
    {
        var begun = (await counters.ListPeriodsAsync(cancellationToken).ConfigureAwait(false)).ToHashSet();
        var found = new List<(CounterInstance, DateRange)>();
        foreach (var meter in settings.MeterRates.Values)
        {
            foreach (var period in meter.Periods.Where(p => !begun.Contains((meter.Meter, p))))
            {
                // The first usage date that is priced over this kind of period.
                var first = meter.All().Where(v => v.Table.CounterPeriod == period).Min(v => v.FirstDay);
                var date = first > day ? first : day;
                var instance = new CounterInstance(meter.Meter, period, CounterCache.StartOf(period, date, calendar));
                found.Add((instance, CounterCache.DaysOf(period, date, calendar)));
            }
        }

        return found;
    }
}
