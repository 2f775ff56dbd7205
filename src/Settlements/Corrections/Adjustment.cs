using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>
/// A resolved difference between a published day and its sources: posted to a later day, or accepted without posting. Immutable.
/// </summary>
[Experimental("SETTLE001")]
public sealed class Adjustment(
    DateOnly usageDate, DateOnly? postingDate, string meter, string itemId, string payeeId, long quantity, long events, string reason,
    string? by)
{
    /// <summary>The published day on which the usage happened.</summary>
    public DateOnly UsageDate { get; } = usageDate;

    /// <summary>The day whose close counts it; null when it was accepted without posting.</summary>
    public DateOnly? PostingDate { get; } = postingDate;

    /// <summary>The meter.</summary>
    public string Meter { get; } = meter;

    /// <summary>The item.</summary>
    public string ItemId { get; } = itemId;

    /// <summary>The payee.</summary>
    public string PayeeId { get; } = payeeId;

    /// <summary>The difference in units; negative for a decrease.</summary>
    public long Quantity { get; } = quantity;

    /// <summary>The difference in events; negative for a decrease.</summary>
    public long Events { get; } = events;

    /// <summary>The reason.</summary>
    public string Reason { get; } = reason;

    /// <summary>The user who accepted it; null when a policy posted it.</summary>
    public string? By { get; } = by;
}
