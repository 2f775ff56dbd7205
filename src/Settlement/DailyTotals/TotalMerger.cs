namespace Settlement.DailyTotals;

/// <summary>Joins sums that differ only in the own day of their units into one total. Not thread-safe.</summary>
/// <param name="day">The day that counts them.</param>
public sealed class TotalMerger(DateOnly day)
{
    private readonly List<DailyTotal> _totals = [];

    /// <summary>The totals so far, in the order in which they came.</summary>
    public IReadOnlyList<DailyTotal> Totals => _totals;

    /// <summary>Adds a sum. Those of one total come one after the other, by own day.</summary>
    /// <param name="meter">What is counted.</param>
    /// <param name="itemId">The item.</param>
    /// <param name="payeeId">The payee.</param>
    /// <param name="ownDay">The <see cref="DateOnly.DayNumber"/> of late units' own day; 0 for those on time.</param>
    /// <param name="quantity">Units.</param>
    public void Add(string meter, string itemId, string payeeId, int ownDay, long quantity)
    {
        IReadOnlyList<LateQuantity> late = ownDay == 0 ? [] : [new LateQuantity(DateOnly.FromDayNumber(ownDay), quantity)];
        if (_totals.Count > 0 && _totals[^1] is var last && last.PayeeId == payeeId && last.ItemId == itemId && last.Meter == meter)
            _totals[^1] = last with { Quantity = last.Quantity + quantity, Late = [.. last.Late, .. late] };
        else
            _totals.Add(new DailyTotal(day, meter, itemId, payeeId, quantity, late));
    }
}
