namespace Settlements;

/// <summary>An event that has a reason or a reference.</summary>
/// <param name="EventId">Its id.</param>
/// <param name="OccurredAt">When it happened, in UTC.</param>
/// <param name="Quantity">Its units.</param>
/// <param name="PostingDate">The business day that counts it; <see langword="null"/> for its own, when it wasn't late.</param>
/// <param name="Reason">Its reason; <see langword="null"/> when absent.</param>
/// <param name="Reference">Its reference; <see langword="null"/> when absent.</param>
public sealed record EventNote(
    Guid EventId, DateTimeOffset OccurredAt, long Quantity, DateOnly? PostingDate, string? Reason, string? Reference);
