namespace Settlements;

/// <summary>The outcome of writing an event. With each of them the event is committed and counted once.</summary>
public enum EventOutcome
{
    /// <summary>The event is new and is posted to its usage date.</summary>
    Stored,

    /// <summary>The event is new. Its usage date is closing or published, so it is posted to the first open day.</summary>
    Late,

    /// <summary>
    /// The event is already stored with the same content, by another call or by an earlier attempt whose response was lost. Nothing
    /// changed. Whether it was late is not reported.
    /// </summary>
    Duplicate,
}
