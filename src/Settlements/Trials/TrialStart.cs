using Settlements.Stores;

namespace Settlements;

/// <summary>
/// The counters at the beginning of the days of a trial: the published ones, less what the lines since then added. Thread-safe.
/// </summary>
internal sealed class TrialStart
{
    private readonly CloseStores _stores;
    private readonly LinePricer _pricer;
    private readonly TrialRates _rates;
    private readonly RatesInForce _inForce;
    private readonly HashSet<string> _priced;

    private TrialStart(CloseStores stores, BusinessCalendar calendar, TrialRates rates, HashSet<string> priced, DateRange read)
    {
        (_stores, _rates, _inForce, _priced, Read) = (stores, rates, rates.InForce(read.First), priced, read);
        _pricer = new LinePricer(read.First, calendar, _inForce);
    }

    /// <summary>The posting dates of the lines to read: from the first day of the trial through the last published one.</summary>
    public DateRange Read { get; }

    /// <summary>
    /// Returns the beginning of a trial; null when the published counters do not determine it (the candidate counts over a period that is
    /// not counted, or from an earlier date on, or rounds cumulatively what was not), or when fewer lines were posted before the days.
    /// </summary>
    public static async Task<TrialStart?> FindAsync(
        CloseStores stores, Settings settings, BusinessCalendar calendar, TrialRates rates, DateRange days,
        CancellationToken cancellationToken)
    {
        var published = settings.Days.Where(d => d.State == DayState.Published).ToList();
        var read = new DateRange(days.First, published[^1].Day);
        var totals = await stores.Lines.ListTotalsAsync(new DateRange(published[0].Day, read.Last), cancellationToken)
            .ConfigureAwait(false);
        if (totals.Where(t => t.Day < days.First).Sum(t => t.Lines) <= totals.Where(t => t.Day > days.Last).Sum(t => t.Lines))
            return null;

        var begun = (await stores.Counters.ListPeriodsAsync(cancellationToken).ConfigureAwait(false)).ToHashSet();
        var priced = new HashSet<string>(StringComparer.Ordinal);
        foreach (var meter in rates.All.Where(meter => meter.All().Any(version => version.FirstDay <= days.Last)))
        {
            if (!IsCounted(meter, settings.MeterRates.GetValueOrDefault(meter.Meter), begun))
                return null;
            priced.Add(meter.Meter);
        }

        return new TrialStart(stores, calendar, rates, priced, read);
    }

    /// <summary>Sets the counters that lines need.</summary>
    /// <param name="lines">The lines of the days of the trial.</param>
    /// <param name="since">What all lines of their items since the first day of the trial added.</param>
    /// <param name="counters">Receives the counters.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether the counters are known; false when a published one is missing.</returns>
    public async Task<bool> SetAsync(
        IEnumerable<SettlementLine> lines, CounterCache since, CounterCache counters, CancellationToken cancellationToken)
    {
        var sums = lines.Where(line => _priced.Contains(line.Meter))
            .OrderBy(line => line.Meter, Utf8Order.Instance).ThenBy(line => line.ItemId, Utf8Order.Instance).ThenBy(line => line.UsageDate)
            .Select(line => new UsageSum(line.Meter, line.ItemId, line.PayeeId, line.UsageDate, 0, 0)).ToList();
        var published = await CounterReader.ReadAsync(_stores.Counters, _pricer, _inForce, sums, cancellationToken).ConfigureAwait(false);
        foreach (var request in _pricer.RequiredCounters(sums))
        {
            foreach (var item in request.ItemIds)
            {
                if (published.Find(request.Instance, item) is { } quantity)
                    counters.Set(new ItemCounter(request.Instance, item, quantity - (since.Find(request.Instance, item) ?? 0)));
                else if (since.Find(request.Instance, item) is not (null or 0))
                    return false;
            }
        }

        var volume = published.AllVolume().ToDictionary(v => v.Key, v => v.Sum);
        foreach (var (key, sum) in since.AllVolume().Where(v => _priced.Contains(v.Key.Meter)))
        {
            var before = volume.GetValueOrDefault(key);
            volume[key] = new VolumeSum(before.Units - sum.Units, before.ExactAmount - sum.ExactAmount);
        }

        foreach (var (key, sum) in volume)
        {
            if ((sum.Units, sum.ExactAmount) != (0, 0) && _rates.FindSame(key.Meter, key.RateScope, key.RateVersion) is not null)
                counters.Set(key, sum);
        }

        var rounding = published.AllRounding().ToDictionary(r => r.Key, r => r.ExactAmount);
        foreach (var (key, exact) in since.AllRounding().Where(r => _priced.Contains(r.Key.Meter)))
            rounding[key] = rounding.GetValueOrDefault(key) - exact;
        foreach (var (key, exact) in rounding)
            counters.Set(key, exact);
        return true;
    }

    /// <summary>Returns whether the closes have counted everything over which the trial counts.</summary>
    private static bool IsCounted(MeterRates trial, MeterRates? inForce, HashSet<(string, CounterPeriod)> begun)
    {
        if (inForce is null || (trial.Rounding == Rounding.Cumulative && inForce.Rounding != Rounding.Cumulative))
            return false;
        for (var i = 0; i < trial.Periods.Count; i++)
        {
            var at = inForce.Periods.ToList().IndexOf(trial.Periods[i]);
            if (at < 0 || !begun.Contains((trial.Meter, trial.Periods[i])) || trial.PeriodFirstDays[i] < inForce.PeriodFirstDays[at])
                return false;
        }

        return true;
    }
}
