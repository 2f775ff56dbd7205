namespace Settlements;

/// <summary>A place in a ranking.</summary>
/// <param name="Rank">From 1. Ties go to the item with the lower id, by bytes.</param>
/// <param name="ItemId">The item.</param>
/// <param name="PayeeId">The payee of the item's last day in the period; the last by bytes where it had several.</param>
/// <param name="Quantity">Its units in the period.</param>
public sealed record RankedItem(int Rank, string ItemId, string PayeeId, long Quantity);
