using Settlements.Stores;

namespace Settlements;

/// <summary>Counters in memory: those of a chunk while it is priced, or all counters while days are recomputed. Not thread-safe.</summary>
internal sealed class CounterCache
{
    private readonly Dictionary<(string Meter, CounterPeriod Period, DateOnly Start, string ItemId), long> _counters = [];
    private readonly Dictionary<(string Meter, string ItemId, string Scope, string Version, DateOnly Start),
        SortedList<string, VolumeSum>> _volume = [];
    private readonly Dictionary<RoundingKey, decimal> _rounding = [];

    public long? Find(CounterInstance instance, string itemId) =>
        _counters.TryGetValue((instance.Meter, instance.Period, instance.Start, itemId), out var found) ? found : null;

    public decimal? FindExact(RoundingKey key) => _rounding.TryGetValue(key, out var found) ? found : null;

    /// <summary>Returns the units that a version has priced, by payee in byte order; null when there are none.</summary>
    public IReadOnlyDictionary<string, VolumeSum>? FindVolume(string meter, string itemId, string scope, string version, DateOnly start) =>
        _volume.GetValueOrDefault((meter, itemId, scope, version, start));

    public void Set(ItemCounter counter) =>
        _counters[(counter.Instance.Meter, counter.Instance.Period, counter.Instance.Start, counter.ItemId)] = counter.Quantity;

    public void Set(RoundingKey key, decimal exact) => _rounding[key] = exact;

    public void Set(VolumeKey key, VolumeSum sum)
    {
        var version = (key.Meter, key.ItemId, key.RateScope, key.RateVersion, key.PeriodStart);
        if (!_volume.TryGetValue(version, out var payees))
            _volume.Add(version, payees = new SortedList<string, VolumeSum>(Utf8Order.Instance));
        payees[key.PayeeId] = sum;
    }

    public void Apply(IEnumerable<CounterChange> counters, IEnumerable<VolumeChange> volume, IEnumerable<RoundingChange> rounding)
    {
        foreach (var change in counters)
            Set(new ItemCounter(change.Instance, change.ItemId, change.Quantity));
        foreach (var change in volume)
            Set(change.Key, change.Sum);
        foreach (var change in rounding)
            Set(change.Key, change.ExactAmount);
    }

    /// <summary>Returns all item counters.</summary>
    public IEnumerable<ItemCounter> All() =>
        _counters.Select(c => new ItemCounter(new CounterInstance(c.Key.Meter, c.Key.Period, c.Key.Start), c.Key.ItemId, c.Value));

    public IEnumerable<(VolumeKey Key, VolumeSum Sum)> AllVolume() => _volume.SelectMany(v => v.Value.Select(p => (
        new VolumeKey(v.Key.Meter, v.Key.ItemId, v.Key.Scope, v.Key.Version, v.Key.Start, p.Key), p.Value)));

    public IEnumerable<(RoundingKey Key, decimal ExactAmount)> AllRounding() => _rounding.Select(r => (r.Key, r.Value));

    /// <summary>
    /// Returns whether usage of a date is counted over one of the counter periods of a meter. A period that ended before the first rate
    /// version with that counter period is not counted, because nothing is priced over it.
    /// </summary>
    public static bool IsCounted(MeterRates meter, int period, DateOnly usageDate, BusinessCalendar calendar) =>
        usageDate >= meter.PeriodFirstDays[period]
            || DaysOf(meter.Periods[period], usageDate, calendar).Last >= meter.PeriodFirstDays[period];

    /// <summary>Returns the periods in which usage of a date is counted.</summary>
    public static IEnumerable<CounterInstance> InstancesOf(MeterRates meter, DateOnly usageDate, BusinessCalendar calendar)
    {
        for (var i = 0; i < meter.Periods.Count; i++)
        {
            if (IsCounted(meter, i, usageDate, calendar))
                yield return new CounterInstance(meter.Meter, meter.Periods[i], StartOf(meter.Periods[i], usageDate, calendar));
        }
    }

    public static DateOnly StartOf(CounterPeriod period, DateOnly usageDate, BusinessCalendar calendar) => period switch
    {
        CounterPeriod.Lifetime => BusinessCalendar.FirstDay,
        CounterPeriod.Year => calendar.PeriodOf(usageDate, CalendarPeriod.Year).First,
        CounterPeriod.Month => calendar.PeriodOf(usageDate, CalendarPeriod.Month).First,
        CounterPeriod.Week => calendar.PeriodOf(usageDate, CalendarPeriod.Week).First,
        _ => usageDate,
    };

    public static DateRange DaysOf(CounterPeriod period, DateOnly usageDate, BusinessCalendar calendar) => period switch
    {
        CounterPeriod.Lifetime => new DateRange(BusinessCalendar.FirstDay, BusinessCalendar.LastDay),
        CounterPeriod.Year => calendar.PeriodOf(usageDate, CalendarPeriod.Year),
        CounterPeriod.Month => calendar.PeriodOf(usageDate, CalendarPeriod.Month),
        CounterPeriod.Week => calendar.PeriodOf(usageDate, CalendarPeriod.Week),
        _ => new DateRange(usageDate, usageDate),
    };
}
