using System.Runtime.CompilerServices;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Prices one item on one posting date: advances the counters in the order of pricing, prices the lines, reprices earlier units of volume
/// tables, and rounds. The result is added only when the item is priced completely.
/// </summary>
internal sealed class ItemPricer(
    DateOnly postingDate, BusinessCalendar calendar, RatesInForce rates, MeterRates meter, string itemId, CounterCache counters,
    CounterInstanceCache instances)
{
    private readonly List<LineDraft> _drafts = [];
    private readonly List<(CounterInstance Instance, long Quantity, long? Previous)> _counters = [];

    /// <summary>Prices the item, and adds the result to <paramref name="priced"/>.</summary>
    /// <exception cref="PricingException">A counter exceeds its range, or no version prices a usage date.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Price(IReadOnlyList<UsageSum> sums, IReadOnlyList<RestatementEntry> restatements, PricedItems priced)
    {
        Draft(sums, restatements);
        if (_drafts.Count == 0)
            return;
        foreach (var draft in _drafts)
            Advance(draft);
        var volume = meter.HasVolume ? new VolumePricer(meter, itemId, counters, _drafts, calendar, Counter).Price() : null;
        if (volume?.Repricings.Count > 0)
        {
            _drafts.AddRange(volume.Repricings);
            Sort();
        }

        var rounding = new LineRounder(meter, itemId, counters);
        var lines = _drafts.ConvertAll(draft => ToLine(draft, rounding.Round(draft)));

        // The result is complete; nothing throws below.
        priced.Lines.AddRange(lines);
        foreach (var (instance, quantity, previous) in _counters)
            priced.Counters.Add(new CounterChange(instance, itemId, quantity, previous));
        priced.Rounding.AddRange(rounding.Changes);
        if (volume is not null)
            priced.Volume.AddRange(volume.Changes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Draft(IReadOnlyList<UsageSum> sums, IReadOnlyList<RestatementEntry> restatements)
    {
        foreach (var sum in sums)
        {
            if (!LinePricer.IsCounted(sum))
                continue;
            if (sum.Quantity < -2 * RateTable.CountMax || sum.Quantity > 2 * RateTable.CountMax)
                throw PricingErrors.CounterOutOfRange(meter.Meter, itemId, sum.UsageDate, sum.Quantity);
            _drafts.Add(new LineDraft(LineKind.Usage, sum.UsageDate, sum.PayeeId, (long)sum.Quantity, sum.Events));
        }

        if (restatements.Count > 0)
            Draft(restatements);
        if (_drafts.Count > 1)
            Sort();
    }

    /// <summary>Adds the drafts of restatements, and merges those that correct the same line.</summary>
    private void Draft(IReadOnlyList<RestatementEntry> restatements)
    {
        foreach (var same in restatements.GroupBy(r => (r.Restates, r.UsageDate, r.PayeeId)))
        {
            _drafts.Add(new LineDraft(
                LineKind.Restatement, same.Key.UsageDate, same.Key.PayeeId, same.Sum(r => r.Quantity), same.Sum(r => r.Events))
            {
                Restates = same.Key.Restates,
                Restated = RestatedPrice.Merge(same.Select(r => r.Price)),
            });
        }
    }

    private void Sort() => _drafts.Sort(static (a, b) => LineOrder.ComparePricing(a.PricingKey, b.PricingKey));

    /// <summary>
    /// Advances all counters of the item by the quantity of a line, and records the counter of its version's period in the line.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Advance(LineDraft draft)
    {
        draft.Version = draft.Restated is { } restated
            ? meter.FindByName(restated.NewScope, restated.NewVersion)
            : rates.Find(meter, draft.UsageDate, itemId, draft.PayeeId);
        if (draft.Version is null)
            throw PricingErrors.NoVersion(meter, itemId, draft.PayeeId, draft.UsageDate);
        foreach (var instance in instances.Of(meter, draft.UsageDate))
        {
            var at = Find(instance.Period, instance.Start);
            if (at < 0)
            {
                var previous = counters.Find(instance, itemId);
                _counters.Add((instance, previous ?? 0, previous));
                at = _counters.Count - 1;
            }

            var before = _counters[at].Quantity;
            var after = (Int128)before + draft.Quantity;
            if (after < -RateTable.CountMax || after > RateTable.CountMax)
                throw PricingErrors.CounterOutOfRange(meter.Meter, itemId, draft.UsageDate, after);
            _counters[at] = _counters[at] with { Quantity = (long)after };
            if (instance.Period == draft.Version.Table.CounterPeriod)
                (draft.PeriodStart, draft.CounterBefore, draft.CounterAfter) = (instance.Start, before, (long)after);
        }

        if (draft.Version.Table.Mode != RateMode.Volume)
            draft.Exact = draft.Version.Table.PriceBetween(draft.CounterBefore, draft.CounterAfter);
    }

    private long Counter(CounterPeriod period, DateOnly start) => Find(period, start) is >= 0 and var at ? _counters[at].Quantity : 0;

    /// <summary>
    /// Returns the index of a counter; -1 when it has not changed. A loop, because it runs for every line and must not allocate.
    /// </summary>
    private int Find(CounterPeriod period, DateOnly start)
    {
        var at = _counters.Count - 1;
        while (at >= 0 && (_counters[at].Instance.Period != period || _counters[at].Instance.Start != start))
            at--;
        return at;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private SettlementLine ToLine(LineDraft draft, decimal amount) => new(
        postingDate, draft.Kind, draft.UsageDate, meter.Meter, itemId, draft.PayeeId, draft.Quantity, draft.Events,
        new LinePrice(
            draft.CounterBefore, draft.CounterAfter, draft.Version!.Scope, draft.Version.Version,
            draft.Exact + (draft.Restated is { } restated ? restated.NewExact - restated.OldExact : 0), amount, draft.Version.Currency),
        draft.Restates);
}
