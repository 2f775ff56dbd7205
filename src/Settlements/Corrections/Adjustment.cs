using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>
/// A resolved difference between a published day and its sources: posted to a later day, or accepted without posting. Immutable.
/// </summary>
/// <param name="UsageDate">The published day on which the usage happened.</param>
/// <param name="PostingDate">The day whose close counts it; null when it was accepted without posting.</param>
/// <param name="Meter">The meter.</param>
/// <param name="ItemId">The item.</param>
/// <param name="PayeeId">The payee.</param>
/// <param name="Quantity">The difference in units; negative for a decrease.</param>
/// <param name="Events">The difference in events; negative for a decrease.</param>
/// <param name="Reason">The reason.</param>
/// <param name="By">The user who accepted it; null when a policy posted it.</param>
[Experimental("SETTLE001")]
public sealed record Adjustment(
    DateOnly UsageDate, DateOnly? PostingDate, string Meter, string ItemId, string PayeeId, long Quantity, long Events, string Reason,
    string? By);
