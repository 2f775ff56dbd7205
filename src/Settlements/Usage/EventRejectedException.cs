namespace Settlements;

/// <summary>
/// Thrown by <see cref="UsageWriter"/> when an event is malformed, is not accepted (its meter or its usage date), or has the id of a
/// stored event with different content. No event of the call is stored; other calls are not affected. Retrying with the same events fails
/// again.
/// </summary>
public sealed class EventRejectedException : Exception
{
    private EventRejectedException(UsageEvent rejected, Rejection rejection, string message, UsageEvent? stored)
        : base(message) => (Event, Column, Reason, Stored) = (rejected, rejection.Column, rejection.Reason, stored);

    /// <summary>Gets the rejected event; for a conflicting id, with its instant truncated to the microsecond.</summary>
    public UsageEvent Event { get; }

    /// <summary>
    /// Gets the invalid column, by its name in an event file, for example <c>quantity</c>; <c>event_id</c> for a conflicting id.
    /// </summary>
    public string? Column { get; }

    /// <summary>Gets the cause and the remedy, with the wording of <see cref="RejectedRow.Reason"/>.</summary>
    public string Reason { get; }

    /// <summary>Gets the stored event with the same id; <see langword="null"/> when the event is malformed or not accepted.</summary>
    public UsageEvent? Stored { get; }

    internal static EventRejectedException Malformed(UsageEvent rejected, Rejection rejection, int batchSize) =>
        new(
            rejected, rejection, $"Event {rejected.EventId:D}, column '{rejection.Column}': "
                + $"{rejection.Reason}{NoneStored(batchSize)}", null);

    internal static EventRejectedException Conflict(UsageEvent rejected, UsageEvent stored, int batchSize)
    {
        var rejection = EventText.Conflict(rejected, stored);
        return new EventRejectedException(
            rejected, rejection,
            $"{char.ToUpperInvariant(rejection.Reason[0])}{rejection.Reason.AsSpan(1)}{NoneStored(batchSize)}", stored);
    }

    private static string NoneStored(int batchSize) => batchSize > 1
        ? FormattableString.Invariant($" None of the {batchSize} events of the call is stored.")
        : "";
}
