namespace Settlements.Pipelines;

/// <summary>The state of a run, as its history tells it.</summary>
public enum RunState
{
    /// <summary>A host works on it now.</summary>
    Running,

    /// <summary>Its host is gone: it was killed, or lost the store. The next start goes on where it stopped.</summary>
    Interrupted,

    /// <summary>It was cancelled. The next start goes on where it stopped.</summary>
    Stopped,

    /// <summary>It ended with an error, which is kept with it. The next start goes on where it stopped.</summary>
    Failed,

    /// <summary>It was left for a new run, because what its results depend on changed before it was done.</summary>
    Abandoned,

    /// <summary>It is done.</summary>
    Completed,
}

/// <summary>A run in the history.</summary>
/// <param name="RunId">Unique in the store, growing.</param>
/// <param name="Pipeline">The job's name.</param>
/// <param name="Key">What the run was for.</param>
/// <param name="State">Its state now.</param>
/// <param name="ChunksDone">Chunks that are done, of all its steps.</param>
/// <param name="ChunksTotal">Chunks that are planned so far.</param>
/// <param name="Rows">Rows that its done chunks read.</param>
/// <param name="StartedAt">When it was first started, UTC.</param>
/// <param name="EndedAt">When it ended, UTC; null while it is running or interrupted.</param>
/// <param name="Failure">Why it failed; null otherwise.</param>
/// <param name="Incidents">How many retries, take-overs and failures it met.</param>
public sealed record PipelineRun(
    long RunId, string Pipeline, string Key, RunState State, int ChunksDone, int ChunksTotal, long Rows,
    DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string? Failure, int Incidents)
{
    /// <summary>From the first start to the end; null while it has not ended.</summary>
    public TimeSpan? Duration => EndedAt - StartedAt;
}

/// <summary>What running a pipeline came to.</summary>
/// <param name="RunId">The run.</param>
/// <param name="AlreadyCompleted">Whether the run was completed before, so that nothing was done now.</param>
/// <param name="Chunks">Chunks that this host did now.</param>
/// <param name="Rows">Rows that this host read now.</param>
/// <param name="Duration">How long this host worked on it.</param>
public sealed record RunReport(long RunId, bool AlreadyCompleted, int Chunks, long Rows, TimeSpan Duration)
{
    /// <summary>Chunks of the last step that were done here: of instances that share a run, one has a step's only chunk.</summary>
    internal int ChunksOfLastStep { get; init; }
}
