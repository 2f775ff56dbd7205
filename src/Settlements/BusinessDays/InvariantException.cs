namespace Settlements;

/// <summary>
/// Thrown when an invariant is violated. When a day is closed: lines and quarantined usage do not add up to the events, counters do not
/// continue from the published ones, restatements differ from the approved ones, or an index by payee misses lines; the day is not
/// published. When a day is reconciled: its published lines were changed or deleted.
/// </summary>
public sealed class InvariantException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">A message that names the day, each violated invariant with its values, and the remedy.</param>
    internal InvariantException(string message)
        : base(message)
    {
    }
}
