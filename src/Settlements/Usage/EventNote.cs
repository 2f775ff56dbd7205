namespace Settlements;

/// <summary>The reason and reference of an event, with what identifies it.</summary>
/// <param name="EventId">The id of the event.</param>
/// <param name="OccurredAt">The instant of the event, in UTC.</param>
/// <param name="Quantity">The units of the event.</param>
/// <param name="PostingDate">
/// The posting date; <see langword="null"/> when it equals the usage date, for an event that was not late.
/// </param>
/// <param name="Reason">The reason; <see langword="null"/> when absent.</param>
/// <param name="Reference">The reference; <see langword="null"/> when absent.</param>
public sealed record EventNote(
    Guid EventId, DateTimeOffset OccurredAt, long Quantity, DateOnly? PostingDate, string? Reason, string? Reference);
