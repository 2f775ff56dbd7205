namespace Settlements.Pipelines;

/// <summary>The progress of a run. Reported when a step starts and after each chunk.</summary>
public sealed class RunProgress
{
    internal RunProgress(
        long runId, string step, int stepNumber, int steps, int chunksDone, int chunksTotal, long rowsDone,
        int chunksDoneBefore, TimeSpan elapsed)
    {
        RunId = runId;
        Step = step;
        StepNumber = stepNumber;
        Steps = steps;
        ChunksDone = chunksDone;
        ChunksTotal = chunksTotal;
        RowsDone = rowsDone;
        ChunksDoneBefore = chunksDoneBefore;
        Elapsed = elapsed;
    }

    /// <summary>The id of the run.</summary>
    public long RunId { get; }

    /// <summary>The name of the current step.</summary>
    public string Step { get; }

    /// <summary>The number of the step, from 1.</summary>
    public int StepNumber { get; }

    /// <summary>The number of steps of the run.</summary>
    public int Steps { get; }

    /// <summary>The number of completed chunks of this step, by any instance, in this start or an earlier one.</summary>
    public int ChunksDone { get; }

    /// <summary>The number of chunks of this step.</summary>
    public int ChunksTotal { get; }

    /// <summary>The number of rows that this instance has read in this step.</summary>
    public long RowsDone { get; }

    /// <summary>The number of chunks of this step that were complete when this instance started it.</summary>
    public int ChunksDoneBefore { get; }

    /// <summary>The time since this instance started the step.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>Gets the completed part of the step, from 0 to 1.</summary>
    public double Fraction => ChunksTotal == 0 ? 1 : (double)ChunksDone / ChunksTotal;

    /// <summary>Gets the rows per second that this instance has read in this step.</summary>
    public double RowsPerSecond => Elapsed > TimeSpan.Zero ? RowsDone / Elapsed.TotalSeconds : 0;

    /// <summary>Gets the estimated remaining time of the step; null until the first chunk is complete.</summary>
    public TimeSpan? Remaining =>
        ChunksDone > ChunksDoneBefore ? Elapsed * ((double)(ChunksTotal - ChunksDone) / (ChunksDone - ChunksDoneBefore)) : null;
}
