using System.Diagnostics.CodeAnalysis;

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
[method: Experimental("SETTLE001")]
public sealed class PipelineRun(
    long runId, string pipeline, string key, RunState state, int chunksDone, int chunksTotal, long rows,
    DateTimeOffset startedAt, DateTimeOffset? endedAt, string? failure, int incidents)
{
    /// <summary>The id, unique in the store and increasing.</summary>
    public long RunId { get; } = runId;

    /// <summary>The name of the pipeline.</summary>
    public string Pipeline { get; } = pipeline;

    /// <summary>The key of the run.</summary>
    public string Key { get; } = key;

    /// <summary>The current state.</summary>
    public RunState State { get; } = state;

    /// <summary>The number of completed chunks of all steps.</summary>
    public int ChunksDone { get; } = chunksDone;

    /// <summary>The number of chunks planned so far.</summary>
    public int ChunksTotal { get; } = chunksTotal;

    /// <summary>The number of rows that the completed chunks read.</summary>
    public long Rows { get; } = rows;

    /// <summary>The first start, in UTC.</summary>
    public DateTimeOffset StartedAt { get; } = startedAt;

    /// <summary>The end, in UTC; null while the run is running or interrupted.</summary>
    public DateTimeOffset? EndedAt { get; } = endedAt;

    /// <summary>The error message of a failed run; null otherwise.</summary>
    public string? Failure { get; } = failure;

    /// <summary>The number of recorded incidents: retries, lost leases and failures.</summary>
    public int Incidents { get; } = incidents;

    /// <summary>Gets the time from the first start to the end; null before the end.</summary>
    public TimeSpan? Duration => EndedAt - StartedAt;
}

/// <summary>The report of a pipeline run on this instance.</summary>
public sealed class RunReport
{
    internal RunReport(long runId, bool alreadyCompleted, int chunks, long rows, TimeSpan duration)
    {
        RunId = runId;
        AlreadyCompleted = alreadyCompleted;
        Chunks = chunks;
        Rows = rows;
        Duration = duration;
    }

    /// <summary>The run.</summary>
    public long RunId { get; }

    /// <summary>Whether the run was already complete, so that nothing was done.</summary>
    public bool AlreadyCompleted { get; }

    /// <summary>The number of chunks that this instance processed.</summary>
    public int Chunks { get; }

    /// <summary>The number of rows that this instance read.</summary>
    public long Rows { get; }

    /// <summary>The time that this instance worked on the run.</summary>
    public TimeSpan Duration { get; }

    /// <summary>
    /// Gets the number of chunks of the last step that this instance processed. Of several instances that share a run, one processes the
    /// only chunk of a step.
    /// </summary>
    internal int ChunksOfLastStep { get; init; }
}
