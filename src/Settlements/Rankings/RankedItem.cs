namespace Settlements;

/// <summary>An item with its rank.</summary>
/// <param name="Rank">The rank, from 1. Of items with equal quantities, the one with the lower id, by bytes, has the lower rank.</param>
/// <param name="ItemId">The item.</param>
/// <param name="PayeeId">The payee on the last day of the item in the period; the last by bytes if there were several.</param>
/// <param name="Quantity">The units of the item in the period.</param>
public sealed record RankedItem(int Rank, string ItemId, string PayeeId, long Quantity);
