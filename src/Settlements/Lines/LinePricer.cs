using System.Runtime.CompilerServices;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Prices the usage of a posting date. Deterministic: the same sums, restatements and counters result in the same lines, byte for byte. An
/// item that can't be priced is quarantined, and the others are priced.
/// </summary>
/// <param name="postingDate">The posting date.</param>
/// <param name="calendar">The calendar.</param>
/// <param name="rates">The rates in force.</param>
/// <param name="isUndeclared">
/// Returns whether a meter that a source selects by the value of a column has no rates and is not declared; null if no meter is to be
/// checked.
/// </param>
internal sealed class LinePricer(
    DateOnly postingDate, BusinessCalendar calendar, RatesInForce rates, Func<string, bool>? isUndeclared = null)
{
    /// <summary>The last meter of <see cref="IsUndeclared"/> and its result; pricing is in the order of meters.</summary>
    private (string Meter, bool IsUndeclared)? _last;

    /// <summary>Prices items completely.</summary>
    /// <param name="sums">All sums of the items, in the byte order of meter and item.</param>
    /// <param name="restatements">The restatements of the items; those of other items are ignored.</param>
    /// <param name="counters">The counters of the items.</param>
    /// <returns>The lines in the order of the items; within an item in the order of pricing.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public PricedItems Price(
        IReadOnlyList<UsageSum> sums, ILookup<(string Meter, string ItemId), RestatementEntry> restatements, CounterCache counters)
    {
        var priced = new PricedItems(sums.Count);
        var counterInstances = new CounterInstanceCache(calendar);
        var itemSums = new List<UsageSum>();
        for (int first = 0, end; first < sums.Count; first = end)
        {
            var (meter, item) = (sums[first].Meter, sums[first].ItemId);
            for (end = first + 1; end < sums.Count && sums[end].ItemId == item && sums[end].Meter == meter; end++)
            {
            }

            itemSums.Clear();
            for (var i = first; i < end; i++)
                itemSums.Add(sums[i]);
            PriceItem(
                meter, item, itemSums, restatements.Count == 0 ? [] : [.. restatements[(meter, item)]], counters, counterInstances, priced);
        }

        return priced;
    }

    /// <summary>Returns the counters that are needed to price sums.</summary>
    public IReadOnlyList<CounterRequest> RequiredCounters(IReadOnlyList<UsageSum> sums)
    {
        var items = new Dictionary<CounterInstance, List<string>>();
        var (last, lastInstances) = (default((string Meter, DateOnly Date)), Array.Empty<CounterInstance>());
        foreach (var sum in sums)
        {
            if (rates.Of(sum.Meter) is not { } meter)
                continue;
            if (last != (sum.Meter, sum.UsageDate))
            {
                last = (sum.Meter, sum.UsageDate);
                lastInstances = [.. CounterCache.InstancesOf(meter, sum.UsageDate, calendar)];
            }

            foreach (var instance in lastInstances)
            {
                if (!items.TryGetValue(instance, out var ids))
                    items.Add(instance, ids = []);
                if (ids.Count == 0 || ids[^1] != sum.ItemId)
                    ids.Add(sum.ItemId);
            }
        }

        return [.. items.Select(i => new CounterRequest(i.Key, i.Value))];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PriceItem(
        string meter, string itemId, List<UsageSum> sums, IReadOnlyList<RestatementEntry> restatements, CounterCache counters,
        CounterInstanceCache counterInstances, PricedItems priced)
    {
        if (isUndeclared is not null && IsUndeclared(meter))
        {
            priced.Quarantined.AddRange(sums.Where(IsCounted).Select(sum => new QuarantinedUsage(
                meter, itemId, sum.PayeeId, sum.UsageDate, sum.Quantity, sum.Events, PricingErrors.UndeclaredMeter(meter, itemId))));
            return;
        }

        if (rates.Of(meter) is not { } meterRates)
        {
            AddUnpriced(meter, itemId, sums, priced);
            return;
        }

        try
        {
            new ItemPricer(postingDate, calendar, rates, meterRates, itemId, counters, counterInstances).Price(sums, restatements, priced);
        }
        catch (PricingException e) when (sums.Count > 0)
        {
            // Usage of a date without a version is quarantined; the other usage of the item is priced.
            var covered = sums.Where(s => rates.Find(meterRates, s.UsageDate, itemId, s.PayeeId) is not null).ToList();
            if (covered.Count == sums.Count)
            {
                Quarantine(sums, _ => e.Message);
                covered.Clear();
            }
            else
            {
                // Events that cancel out move no counter, and nothing of them is to be paid.
                var others = sums.Except(covered).ToList();
                AddUnpriced(meter, itemId, others.FindAll(sum => sum.Quantity == 0), priced);
                Quarantine(
                    others.Where(sum => sum.Quantity != 0),
                    sum => PricingErrors.NoVersion(meterRates, itemId, sum.PayeeId, sum.UsageDate).Message);
            }

            if (covered.Count + restatements.Count > 0)
                PriceItem(meter, itemId, covered, restatements, counters, counterInstances, priced);
        }

        void Quarantine(IEnumerable<UsageSum> all, Func<UsageSum, string> reason) => priced.Quarantined.AddRange(
            all.Where(IsCounted).Select(sum => new QuarantinedUsage(
                meter, itemId, sum.PayeeId, sum.UsageDate, sum.Quantity, sum.Events, reason(sum))));
    }

    internal static bool IsCounted(UsageSum sum) => sum.Quantity != 0 || sum.Events != 0;

    private bool IsUndeclared(string meter)
    {
        if (_last is { } last && last.Meter == meter)
            return last.IsUndeclared;
        var found = (meter, isUndeclared!(meter));
        _last = found;
        return found.Item2;
    }

    private void AddUnpriced(string meter, string itemId, IReadOnlyList<UsageSum> sums, PricedItems priced)
    {
        foreach (var sum in sums.Where(IsCounted))
        {
            if (sum.Quantity >= long.MinValue && sum.Quantity <= long.MaxValue)
            {
                priced.Lines.Add(new SettlementLine(
                    postingDate, LineKind.Usage, sum.UsageDate, meter, itemId, sum.PayeeId, (long)sum.Quantity, sum.Events, Price: null));
            }
            else
            {
                priced.Quarantined.Add(new QuarantinedUsage(
                    meter, itemId, sum.PayeeId, sum.UsageDate, sum.Quantity, sum.Events,
                    PricingErrors.QuantityOutOfRange(meter, itemId, sum.Quantity, long.MaxValue)));
            }
        }
    }
}

/// <summary>The result of pricing.</summary>
internal sealed class PricedItems(int capacity)
{
    public List<SettlementLine> Lines { get; } = new(capacity);

    public List<CounterChange> Counters { get; } = new(capacity);

    public List<VolumeChange> Volume { get; } = [];

    public List<RoundingChange> Rounding { get; } = [];

    public List<QuarantinedUsage> Quarantined { get; } = [];
}

/// <summary>Thrown when an item can't be priced.</summary>
public sealed class PricingException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">A message that names the item, the value, the limit and the remedy.</param>
    /// <param name="cause">The inner exception, if any.</param>
    internal PricingException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
