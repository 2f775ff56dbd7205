using System.Diagnostics.CodeAnalysis;

namespace Settlements.Pipelines;

/// <summary>
/// An incident of a run: a retried transient error (a deadlock, a lock timeout, a lost connection), a lost lease, or a failure.
/// </summary>
[method: Experimental("SETTLE001")]
public sealed class RunIncident(DateTimeOffset at, string? step, int? chunk, string reason)
{
    /// <summary>The maximum number of incidents that are stored for a run: the first 1,000.</summary>
    [Experimental("SETTLE001")]
    public const int CountMax = 1_000;

    /// <summary>The instant, in UTC.</summary>
    public DateTimeOffset At { get; } = at;

    /// <summary>The name of the step; null when the incident concerns the run as a whole.</summary>
    public string? Step { get; } = step;

    /// <summary>The position of the chunk in the step, from 0; null when the incident concerns no chunk.</summary>
    public int? Chunk { get; } = chunk;

    /// <summary>The description, for example the error message.</summary>
    public string Reason { get; } = reason;
}
