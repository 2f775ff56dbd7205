using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>
/// A difference between a published day and its sources that was decided on: posted to a later day, or accepted without posting. Immutable.
/// </summary>
/// <param name="UsageDate">The published day that it belongs to.</param>
/// <param name="PostingDate">The day that counts it; null where it was accepted and is not counted.</param>
/// <param name="Meter">What is counted.</param>
/// <param name="ItemId">The item.</param>
/// <param name="PayeeId">The payee.</param>
/// <param name="Quantity">Units; negative for what decreased.</param>
/// <param name="Events">Events; negative for what decreased.</param>
/// <param name="Reason">Why.</param>
/// <param name="By">Who decided; null where a policy did.</param>
[Experimental("SETTLE001")]
public sealed record Adjustment(
    DateOnly UsageDate, DateOnly? PostingDate, string Meter, string ItemId, string PayeeId, long Quantity, long Events, string Reason, string? By);
