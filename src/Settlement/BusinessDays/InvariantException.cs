namespace Settlement.BusinessDays;

/// <summary>
/// What always holds does not: totals are not the sum of events, lines not those of totals, a count does not go on where it stood, or a line is
/// not found by its payee. The day is not published.
/// </summary>
public sealed class InvariantException : Exception
{
    /// <summary>Says which, by how much, and what to do.</summary>
    /// <param name="message">The day, the values and the remedy.</param>
    public InvariantException(string message)
        : base(message)
    {
    }
}
