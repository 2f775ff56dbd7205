using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Prices the lines of volume tables. All lines of a version on a posting date are priced at the tier of the counter's final value on that
/// date. The earlier units of each payee under that version are repriced at the same tier. The difference is added to the payee's last
/// usage line, or to a separate repricing line if there is none.
/// </summary>
internal sealed class VolumePricer(
    MeterRates meter, string itemId, CounterCache counters, IReadOnlyList<LineDraft> drafts, BusinessCalendar calendar,
    Func<CounterPeriod, DateOnly, long> counter)
{
    private readonly Dictionary<VolumeKey, (VolumeSum Sum, VolumeSum? Previous)> _sums = [];
    private readonly List<DateOnly> _lastUsageDates = [];

    /// <summary>The repricing lines to add.</summary>
    public List<LineDraft> Repricings { get; } = [];

    public IEnumerable<VolumeChange> Changes => _sums.Select(s => new VolumeChange(s.Key, s.Value.Sum, s.Value.Previous));

    public VolumePricer Price()
    {
        foreach (var draft in drafts)
        {
            if (draft.Restated is not { } restated)
                continue;
            if (meter.IsVolume(restated.OldScope, restated.OldVersion))
                Add(Key(restated.OldScope, restated.OldVersion, draft), -restated.Units, -restated.OldExact);
            if (meter.IsVolume(restated.NewScope, restated.NewVersion))
                Add(Key(restated.NewScope, restated.NewVersion, draft), restated.Units, restated.NewExact);
        }

        // A restatement of only a price does not advance the counter, so it reprices no other lines.
        var priced = drafts.Where(d => d.Version!.Table.Mode == RateMode.Volume && (d.Quantity != 0 || d.Events != 0)).ToList();
        foreach (var version in priced.GroupBy(d => (d.Version, d.PeriodStart)))
            Price(version.Key.Version!, version.Key.PeriodStart, [.. version]);
        SeparateUsageDates();
        return this;
    }

    /// <summary>
    /// Assigns different usage dates to the repricing lines of a payee. A line has one version. If two lines have the same usage date,
    /// each line gets the latest usage date of its version's lines instead. Those dates differ: all usage of a date has one version.
    /// </summary>
    private void SeparateUsageDates()
    {
        var repricings = Repricings.Select((line, i) => (Line: line, Last: _lastUsageDates[i]));
        foreach (var payee in repricings.GroupBy(r => r.Line.PayeeId, StringComparer.Ordinal))
        {
            if (payee.DistinctBy(r => r.Line.UsageDate).Count() == payee.Count())
                continue;
            foreach (var (line, last) in payee)
                line.UsageDate = last;
        }
    }

    private void Price(RateVersion version, DateOnly periodStart, List<LineDraft> lines)
    {
        var reached = counter(version.Table.CounterPeriod, periodStart);
        var price = ((Volume)version.Table.Model).UnitPriceAt(reached);
        foreach (var line in lines)
        {
            line.Exact = line.Quantity * price;
            Add(Key(version.Scope, version.Version, line), line.Quantity, line.Exact);
        }

        var payees = lines.Select(l => l.PayeeId)
            .Concat(counters.FindVolume(meter.Meter, itemId, version.Scope, version.Version, periodStart)?.Keys ?? [])
            .Distinct(StringComparer.Ordinal).Order(Utf8Order.Instance);
        foreach (var payee in payees)
        {
            var key = new VolumeKey(meter.Meter, itemId, version.Scope, version.Version, periodStart, payee);
            var sum = Find(key).Sum;
            var difference = sum.Units * price - sum.ExactAmount;
            if (difference == 0)
                continue;
            var last = lines.FindLast(l => l.PayeeId == payee && l.Kind == LineKind.Usage);
            if (last is null)
            {
                Repricings.Add(last = new LineDraft(LineKind.Repricing, LatestCountedDate(version, periodStart) ?? lines[^1].UsageDate,
                    payee, 0, 0)
                {
                    Version = version, PeriodStart = periodStart, CounterBefore = reached, CounterAfter = reached,
                });
                _lastUsageDates.Add(lines[^1].UsageDate);
            }

            last.Exact += difference;
            Add(key, 0, difference);
        }
    }

    /// <summary>
    /// Returns the latest usage date whose units advanced the counter of a version, including units that other versions price.
    /// </summary>
    private DateOnly? LatestCountedDate(RateVersion version, DateOnly periodStart) => drafts
        .Where(d => d.Quantity != 0 && CounterCache.StartOf(version.Table.CounterPeriod, d.UsageDate, calendar) == periodStart)
        .Max(d => (DateOnly?)d.UsageDate);

    private VolumeKey Key(string scope, string version, LineDraft draft) =>
        new(meter.Meter, itemId, scope, version, draft.PeriodStart, draft.PayeeId);

    private (VolumeSum Sum, VolumeSum? Previous) Find(VolumeKey key)
    {
        if (_sums.TryGetValue(key, out var changed))
            return changed;
        var payees = counters.FindVolume(key.Meter, key.ItemId, key.RateScope, key.RateVersion, key.PeriodStart);
        return payees is not null && payees.TryGetValue(key.PayeeId, out var stored) ? (stored, stored) : (default, null);
    }

    private void Add(VolumeKey key, long units, decimal exact)
    {
        var (sum, previous) = Find(key);
        _sums[key] = (new VolumeSum(sum.Units + units, sum.ExactAmount + exact), previous);
    }
}
