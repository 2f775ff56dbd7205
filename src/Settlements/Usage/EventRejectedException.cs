namespace Settlements;

/// <summary>
/// An event that an <see cref="UsageWriter"/> was given is malformed or not accepted (its meter, its usage date), or its id is stored with another content. Nothing of the call is stored;
/// other calls are not touched by it. Writing the same again fails again.
/// </summary>
public sealed class EventRejectedException : Exception
{
    private EventRejectedException(UsageEvent rejected, Refusal refusal, string message, UsageEvent? stored)
        : base(message) => (Event, Column, Reason, Stored) = (rejected, refusal.Column, refusal.Reason, stored);

    /// <summary>The event, as it was given; where its id is known, its instant is cut to the microsecond.</summary>
    public UsageEvent Event { get; }

    /// <summary>The column at fault, by its name in an event file, for example <c>quantity</c>; <c>event_id</c> for an id that is known.</summary>
    public string? Column { get; }

    /// <summary>What is wrong with it, and what to do: the words of a load's <c>RejectedRow</c>.</summary>
    public string Reason { get; }

    /// <summary>The event that has the id already; <see langword="null"/> where the event is malformed or not accepted.</summary>
    public UsageEvent? Stored { get; }

    internal static EventRejectedException Malformed(UsageEvent rejected, Refusal refusal, int together) =>
        new(rejected, refusal, $"Event {rejected.EventId:D}, column '{refusal.Column}': {refusal.Reason}{None(together)}", null);

    internal static EventRejectedException Conflict(UsageEvent rejected, UsageEvent stored, int together)
    {
        var refusal = EventText.Conflict(rejected, stored);
        return new EventRejectedException(
            rejected, refusal, $"{char.ToUpperInvariant(refusal.Reason[0])}{refusal.Reason.AsSpan(1)}{None(together)}", stored);
    }

    private static string None(int together) => together > 1 ? FormattableString.Invariant($" None of the {together} events that were written together is stored.") : "";
}
