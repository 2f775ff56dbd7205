using System.Diagnostics.CodeAnalysis;

namespace Settlements;

/// <summary>The reason and reference of an event, with what identifies it.</summary>
[method: Experimental("SETTLE001")]
public sealed class EventNote(
    Guid eventId, DateTimeOffset occurredAt, long quantity, DateOnly? postingDate, string? reason, string? reference)
{
    /// <summary>The id of the event.</summary>
    public Guid EventId { get; } = eventId;

    /// <summary>The instant of the event, in UTC.</summary>
    public DateTimeOffset OccurredAt { get; } = occurredAt;

    /// <summary>The units of the event.</summary>
    public long Quantity { get; } = quantity;

    /// <summary>The posting date; <see langword="null"/> when it equals the usage date, for an event that was not late.</summary>
    public DateOnly? PostingDate { get; } = postingDate;

    /// <summary>The reason; <see langword="null"/> when absent.</summary>
    public string? Reason { get; } = reason;

    /// <summary>The reference; <see langword="null"/> when absent.</summary>
    public string? Reference { get; } = reference;
}
