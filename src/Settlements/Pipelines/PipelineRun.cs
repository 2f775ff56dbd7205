namespace Settlements.Pipelines;

/// <summary>The state of a run in the history.</summary>
public enum RunState
{
    /// <summary>An instance is working on the run.</summary>
    Running,

    /// <summary>The instance is dead or has lost the store. The next start resumes the run.</summary>
    Interrupted,

    /// <summary>The run was cancelled. The next start resumes it.</summary>
    Stopped,

    /// <summary>The run ended with an error, which is stored with it. The next start resumes it.</summary>
    Failed,

    /// <summary>
    /// The run was abandoned: its fingerprint changed before it was complete, or <see cref="PipelineRunner.AbandonAsync"/> was called.
    /// </summary>
    Abandoned,

    /// <summary>The run is complete.</summary>
    Completed,
}

/// <summary>A run in the history.</summary>
/// <param name="RunId">The id, unique in the store and increasing.</param>
/// <param name="Pipeline">The name of the pipeline.</param>
/// <param name="Key">The key of the run.</param>
/// <param name="State">The current state.</param>
/// <param name="ChunksDone">The number of completed chunks of all steps.</param>
/// <param name="ChunksTotal">The number of chunks planned so far.</param>
/// <param name="Rows">The number of rows that the completed chunks read.</param>
/// <param name="StartedAt">The first start, in UTC.</param>
/// <param name="EndedAt">The end, in UTC; null while the run is running or interrupted.</param>
/// <param name="Failure">The error message of a failed run; null otherwise.</param>
/// <param name="Incidents">The number of recorded incidents: retries, lost leases and failures.</param>
public sealed record PipelineRun(
    long RunId, string Pipeline, string Key, RunState State, int ChunksDone, int ChunksTotal, long Rows,
    DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string? Failure, int Incidents)
{
    /// <summary>Gets the time from the first start to the end; null before the end.</summary>
    public TimeSpan? Duration => EndedAt - StartedAt;
}

/// <summary>The report of a pipeline run on this instance.</summary>
/// <param name="RunId">The run.</param>
/// <param name="AlreadyCompleted">Whether the run was already complete, so that nothing was done.</param>
/// <param name="Chunks">The number of chunks that this instance processed.</param>
/// <param name="Rows">The number of rows that this instance read.</param>
/// <param name="Duration">The time that this instance worked on the run.</param>
public sealed record RunReport(long RunId, bool AlreadyCompleted, int Chunks, long Rows, TimeSpan Duration)
{
    /// <summary>
    /// Gets the number of chunks of the last step that this instance processed. Of several instances that share a run, one processes the
    /// only chunk of a step.
    /// </summary>
    internal int ChunksOfLastStep { get; init; }
}
