using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Computes the differences between the counted usage of a published day and the current usage in its sources. Not thread-safe.
/// </summary>
internal sealed class DayDifferences(DateOnly day)
{
    private readonly SortedDictionary<Key, Sums> _sums = [];
    private readonly List<ExcludedUsage> _explained = [];

    public void AddPublished(SettlementLine line)
    {
        if (line.Kind == LineKind.Usage && line.UsageDate == day)
            Of(line.Meter, line.ItemId, line.PayeeId).AddCounted(line.Quantity, line.Events);
    }

    public void AddQuarantined(QuarantinedUsage usage)
    {
        if (usage.UsageDate == day)
            Of(usage.Meter, usage.ItemId, usage.PayeeId).AddCounted(usage.Quantity, usage.Events);
    }

    public void AddAdjustment(Adjustment adjustment) =>
        Of(adjustment.Meter, adjustment.ItemId, adjustment.PayeeId).AddCounted(adjustment.Quantity, adjustment.Events);

    public void AddCurrent(UsageSum sum) => Of(sum.Meter, sum.ItemId, sum.PayeeId).AddCurrent(sum.Quantity, sum.Events);

    /// <summary>Removes the part of a decrease that is explained by an exclusion.</summary>
    public void Explain(ExcludedUsage excluded)
    {
        var sums = Of(excluded.Meter, excluded.ItemId, excluded.PayeeId);
        var (quantity, events) = excluded.ExplainedPart(sums.Before.Quantity, sums.Before.Events, sums.After.Quantity, sums.After.Events);
        if ((quantity, events) == (0, 0))
            return;
        sums.AddCurrent(quantity, events);
        _explained.Add(new ExcludedUsage(excluded) { Quantity = (long)quantity, Events = events });
    }

    /// <summary>The decreases that <see cref="Explain"/> removed.</summary>
    public IReadOnlyList<ExcludedUsage> Explained => _explained;

    /// <summary>Returns the findings, all of them as <see cref="FindingOutcome.Reported"/>.</summary>
    public List<Finding> Find()
    {
        var findings = new List<Finding>();
        foreach (var item in _sums.Where(s => s.Value.IsDifferent).GroupBy(s => (s.Key.Meter, s.Key.ItemId)))
        {
            var increases = item.Where(s => s.Value.IsIncrease).ToList();
            var decreases = item.Where(s => !s.Value.IsIncrease).ToList();
            if (increases.Count == 0 || decreases.Count == 0)
            {
                findings.AddRange(item.Select(s =>
                    Of(s.Key, s.Value, s.Value.IsIncrease ? FindingKind.Increase : FindingKind.Decrease, s.Value.Difference)));
                continue;
            }

            // Usage moved from one payee to another. If the total changed too, and only one payee increased (or decreased), the net change
            // is a finding of its own.
            var net = (Quantity: Sum(item.Select(s => s.Value.Difference.Quantity)), Events: item.Sum(s => s.Value.Difference.Events));
            var netPayee = net.Events > 0 && increases.Count == 1 ? increases[0].Key
                : net.Events < 0 && decreases.Count == 1 ? decreases[0].Key : (Key?)null;
            foreach (var (key, sums) in item)
            {
                var moved = sums.Difference;
                if (key.Equals(netPayee))
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

    /// <summary>
    /// Returns the difference of each sum separately. Differences beyond the range of a counter are left out, so that they do not prevent
    /// others from being posted.
    /// </summary>
    public IEnumerable<UsageSum> Each() =>
        _sums.Where(s => s.Value.IsDifferent && Int128.Abs(s.Value.Difference.Quantity) <= RateTable.CountMax)
            .Select(s => new UsageSum(s.Key.Meter, s.Key.ItemId, s.Key.PayeeId, day, s.Value.Difference.Quantity,
                s.Value.Difference.Events));

    private static Int128 Sum(IEnumerable<Int128> values) => values.Aggregate(Int128.Zero, (sum, value) => sum + value);

    private Finding Of(Key key, Sums sums, FindingKind kind, (Int128 Quantity, long Events) difference) => new(
        day, key.Meter, key.ItemId, key.PayeeId, kind, Int64(difference.Quantity), difference.Events, Int64(sums.Before.Quantity),
        Int64(sums.After.Quantity), sums.Before.Events, sums.After.Events, FindingOutcome.Reported, null);

    /// <summary>
    /// Limits a quantity to half the range of 64 bits, so that two can be added. Quarantined quantities may be larger; they are posted in
    /// parts.
    /// </summary>
    private static long Int64(Int128 quantity) => (long)Int128.Clamp(quantity, long.MinValue / 2, long.MaxValue / 2);

    /// <summary>
    /// Returns whether a difference is within the range of a counter. Others are only reported, so that they do not prevent the payment of
    /// the item's other usage.
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

        public void AddCounted(Int128 quantity, long events) => Before = (Before.Quantity + quantity, Before.Events + events);

        public void AddCurrent(Int128 quantity, long events) => After = (After.Quantity + quantity, After.Events + events);
    }
}
