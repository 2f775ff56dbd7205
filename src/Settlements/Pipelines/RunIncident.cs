namespace Settlements.Pipelines;

/// <summary>
/// An incident of a run: a retried transient error (a deadlock, a lock timeout, a lost connection), a lost lease, or a failure.
/// </summary>
/// <param name="At">The instant, in UTC.</param>
/// <param name="Step">The name of the step; null when the incident concerns the run as a whole.</param>
/// <param name="Chunk">The position of the chunk in the step, from 0; null when the incident concerns no chunk.</param>
/// <param name="Reason">The description, for example the error message.</param>
public sealed record RunIncident(DateTimeOffset At, string? Step, int? Chunk, string Reason)
{
    /// <summary>The maximum number of incidents that are stored for a run: the first 1,000.</summary>
    public const int CountMax = 1_000;
}
