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
    /// <param name="events">How many events they are of.</param>
    /// <exception cref="OverflowException">The total leaves the range of <see cref="long"/>; names it.</exception>
    public void Add(string meter, string itemId, string payeeId, int ownDay, long quantity, long events)
    {
        IReadOnlyList<LateQuantity> late = ownDay == 0 ? [] : [new LateQuantity(DateOnly.FromDayNumber(ownDay), quantity, events)];
        if (_totals.Count > 0 && _totals[^1] is var last && last.PayeeId == payeeId && last.ItemId == itemId && last.Meter == meter)
        {
            if ((Int128)last.Quantity + quantity is var sum && (sum < long.MinValue || sum > long.MaxValue))
                throw Overflow(meter, itemId, payeeId);
            _totals[^1] = last with { Quantity = (long)sum, Events = last.Events + events, Late = [.. last.Late, .. late] };
        }
        else
        {
            _totals.Add(new DailyTotal(day, meter, itemId, payeeId, quantity, events, late));
        }
    }

    /// <summary>For stores: what to throw when a sum leaves the range of <see cref="long"/>.</summary>
    /// <param name="meter">What is counted.</param>
    /// <param name="itemId">The item.</param>
    /// <param name="payeeId">The payee.</param>
    /// <returns>The exception, which names the total and the remedy.</returns>
    public static OverflowException Overflow(string meter, string itemId, string payeeId) => new(
        FormattableString.Invariant($"The quantities of meter '{meter}', item '{itemId}', payee '{payeeId}' on one day sum to more than {long.MaxValue}, which can't be counted. ")
        + "Look for events of a wrong quantity and take them back with events of the negative quantity.");
}
