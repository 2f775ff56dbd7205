namespace Settlement.Sums;

/// <summary>What an item counted on a business day for a payee. Immutable.</summary>
/// <param name="Day">The business day that counts it.</param>
/// <param name="Meter">What is counted.</param>
/// <param name="ItemId">The item.</param>
/// <param name="PayeeId">The payee.</param>
/// <param name="Quantity">Units, late ones included; may be 0 or negative where corrections came.</param>
/// <param name="Events">
/// The events that it sums, late ones included; 0 where the day was closed under schema 1, which did not count them.
/// </param>
/// <param name="Late">The part of <paramref name="Quantity"/> that belongs to days that were closed when it came, by own day, oldest first.</param>
public sealed record DailyTotal(
    DateOnly Day, string Meter, string ItemId, string PayeeId, long Quantity, long Events, IReadOnlyList<LateQuantity> Late)
{
    /// <summary>The late units in all.</summary>
    public long LateTotal
    {
        get
        {
            var sum = 0L;
            foreach (var late in Late)
                sum += late.Quantity;
            return sum;
        }
    }
}

/// <summary>Units that came after their own day was closed.</summary>
/// <param name="OwnDay">The business day on which they happened.</param>
/// <param name="Quantity">Units.</param>
/// <param name="Events">The events that they are of.</param>
public readonly record struct LateQuantity(DateOnly OwnDay, long Quantity, long Events);

/// <summary>Which totals or lines: null takes all.</summary>
/// <param name="Meter">Only this meter.</param>
/// <param name="ItemId">Only this item.</param>
/// <param name="PayeeId">Only this payee.</param>
public sealed record ItemFilter(string? Meter = null, string? ItemId = null, string? PayeeId = null);
