namespace Settlements;

/// <summary>
/// An invariant is broken: lines and quarantined usage are not the sum of events, counters don't continue where they
/// stood, restatements are not those that were approved, or a line is not found by its payee; the day is not published.
/// Or published lines of a day that is to be reconciled were changed or deleted.
/// </summary>
public sealed class InvariantException : Exception
{
    /// <summary>Names each broken invariant.</summary>
    /// <param name="message">The day, the values and the remedy.</param>
    public InvariantException(string message)
        : base(message)
    {
    }
}
