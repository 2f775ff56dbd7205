namespace Settlements;

/// <summary>What became of an event that was written. In each case it is committed, and counts once.</summary>
public enum EventOutcome
{
    /// <summary>It is new, and its own day counts it.</summary>
    Stored,

    /// <summary>It is new, and the first open day counts it under its own day, which is closing or published.</summary>
    Late,

    /// <summary>
    /// It was there already with the same content, from another call, or from an earlier attempt of this one whose answer was lost; whether
    /// it was late is not told. Nothing changed.
    /// </summary>
    Duplicate,
}
