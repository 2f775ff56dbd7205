using Settlements.Stores;

namespace Settlements;

/// <summary>The differences between what is counted of a published day and what its sources have now. Not thread-safe.</summary>
internal sealed class DayDifferences(DateOnly day)
{
    private readonly SortedDictionary<Key, Sums> _sums = [];
    private readonly List<ExcludedUsage> _explained = [];

    public void AddPublished(SettlementLine line)
    {
        if (line.Kind == LineKind.Usage && line.UsageDate == day)
            Of(line.Meter, line.ItemId, line.PayeeId).Count(line.Quantity, line.Events);
    }

    public void AddQuarantined(QuarantinedUsage usage)
    {
        if (usage.UsageDate == day)
            Of(usage.Meter, usage.ItemId, usage.PayeeId).Count(usage.Quantity, usage.Events);
    }

    public void AddAdjustment(Adjustment one) => Of(one.Meter, one.ItemId, one.PayeeId).Count(one.Quantity, one.Events);

    public void AddCurrent(UsageSum sum) => Of(sum.Meter, sum.ItemId, sum.PayeeId).See(sum.Quantity, sum.Events);

    /// <summary>Leaves out decreases of what was excluded.</summary>
    public void Explain(ExcludedUsage excluded)
    {
        var sums = Of(excluded.Meter, excluded.ItemId, excluded.PayeeId);
        var (quantity, events) = excluded.Explained(sums.Before.Quantity, sums.Before.Events, sums.After.Quantity, sums.After.Events);
        if ((quantity, events) == (0, 0))
            return;
        sums.See(quantity, events);
        _explained.Add(excluded with { Quantity = (long)quantity, Events = events });
    }

    /// <summary>The decreases that were left out.</summary>
    public IReadOnlyList<ExcludedUsage> Explained => _explained;

    /// <summary>The findings, as differences to post or report.</summary>
    public List<Finding> Find()
    {
        var findings = new List<Finding>();
        foreach (var item in _sums.Where(s => s.Value.IsDifferent).GroupBy(s => (s.Key.Meter, s.Key.ItemId)))
        {
            var increases = item.Where(s => s.Value.IsIncrease).ToList();
            var decreases = item.Where(s => !s.Value.IsIncrease).ToList();
            if (increases.Count == 0 || decreases.Count == 0)
            {
                findings.AddRange(item.Select(s => Of(s.Key, s.Value, s.Value.IsIncrease ? FindingKind.Increase : FindingKind.Decrease, s.Value.Difference)));
                continue;
            }

            // Usage went from one payee to another. Where it became more or less besides, and of one payee alone, that part is by itself.
            var net = (Quantity: Sum(item.Select(s => s.Value.Difference.Quantity)), Events: item.Sum(s => s.Value.Difference.Events));
            var more = net.Events > 0 && increases.Count == 1 ? increases[0].Key : net.Events < 0 && decreases.Count == 1 ? decreases[0].Key : (Key?)null;
            foreach (var (key, sums) in item)
            {
                var moved = sums.Difference;
                if (key.Equals(more))
                {
                    findings.Add(Of(key, sums, net.Events > 0 ? FindingKind.Increase : FindingKind.Decrease, net));
                    moved = (moved.Quantity - net.Quantity, moved.Events - net.Events);
                }

                if (moved != (0, 0))
                    findings.Add(Of(key, sums, FindingKind.PayeeChange, moved));
            }
        }

        return findings;
    }

    /// <summary>The differences of each sum by itself; those that no counter holds are left out, so that they keep nothing else from being posted.</summary>
    public IEnumerable<UsageSum> Each() => _sums.Where(s => s.Value.IsDifferent && Int128.Abs(s.Value.Difference.Quantity) <= RateTable.CountMax)
        .Select(s => new UsageSum(s.Key.Meter, s.Key.ItemId, s.Key.PayeeId, day, s.Value.Difference.Quantity, s.Value.Difference.Events));

    private static Int128 Sum(IEnumerable<Int128> values) => values.Aggregate(Int128.Zero, (sum, value) => sum + value);

    private Finding Of(Key key, Sums sums, FindingKind kind, (Int128 Quantity, long Events) difference) => new(
        day, key.Meter, key.ItemId, key.PayeeId, kind, Int64(difference.Quantity), difference.Events, Int64(sums.Before.Quantity),
        Int64(sums.After.Quantity), sums.Before.Events, sums.After.Events, FindingOutcome.Reported, null);

    /// <summary>Quantities in quarantine may be more than a number of 64 bits: they are posted in parts, two of which can be summed.</summary>
    private static long Int64(Int128 quantity) => (long)Int128.Clamp(quantity, long.MinValue / 2, long.MaxValue / 2);

    /// <summary>
    /// Whether a difference can be counted. One that no counter holds is only reported, so that it doesn't keep the item's other usage from being paid.
    /// </summary>
    public static bool IsPostable(Finding finding) => finding.Quantity is >= -RateTable.CountMax and <= RateTable.CountMax;

    private Sums Of(string meter, string itemId, string payeeId)
    {
        var key = new Key(meter, itemId, payeeId);
        if (!_sums.TryGetValue(key, out var found))
            _sums.Add(key, found = new Sums());
        return found;
    }

    private readonly record struct Key(string Meter, string ItemId, string PayeeId) : IComparable<Key>
    {
        public int CompareTo(Key other)
        {
            var order = Utf8Order.Instance.Compare(Meter, other.Meter);
            if (order == 0)
                order = Utf8Order.Instance.Compare(ItemId, other.ItemId);
            return order == 0 ? Utf8Order.Instance.Compare(PayeeId, other.PayeeId) : order;
        }
    }

    private sealed class Sums
    {
        public (Int128 Quantity, long Events) Before { get; private set; }

        public (Int128 Quantity, long Events) After { get; private set; }

        public (Int128 Quantity, long Events) Difference => (After.Quantity - Before.Quantity, After.Events - Before.Events);

        public bool IsDifferent => Difference != (0, 0);

        public bool IsIncrease => Difference.Events > 0 || (Difference.Events == 0 && Difference.Quantity > 0);

        public void Count(Int128 quantity, long events) => Before = (Before.Quantity + quantity, Before.Events + events);

        public void See(Int128 quantity, long events) => After = (After.Quantity + quantity, After.Events + events);
    }
}
