namespace Settlements.Pipelines;

/// <summary>Something that a run met and went on from, or failed by: a deadlock, a lock timeout, a lost connection, a chunk taken over, a failure.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="Step">The step under way; null when it concerns the whole run.</param>
/// <param name="Chunk">The chunk's place in the step, from 0; null when it concerns none.</param>
/// <param name="Reason">What it was, in words.</param>
public sealed record RunIncident(DateTimeOffset At, string? Step, int? Chunk, string Reason)
{
    /// <summary>The most that are kept of a run: 1,000, the first ones.</summary>
    public const int CountMax = 1_000;
}
