using System.Diagnostics.CodeAnalysis;

namespace Settlements;

/// <summary>An item with its rank.</summary>
[method: Experimental("SETTLE001")]
public sealed class RankedItem(int rank, string itemId, string payeeId, long quantity)
{
    /// <summary>The rank, from 1. Of items with equal quantities, the one with the lower id, by bytes, has the lower rank.</summary>
    public int Rank { get; } = rank;

    /// <summary>The item.</summary>
    public string ItemId { get; } = itemId;

    /// <summary>The payee on the last day of the item in the period; the last by bytes if there were several.</summary>
    public string PayeeId { get; } = payeeId;

    /// <summary>The units of the item in the period.</summary>
    public long Quantity { get; } = quantity;
}
