namespace Settlements.Pipelines;

/// <summary>The progress of a run. Reported when a step starts and after each chunk.</summary>
/// <param name="RunId">The id of the run.</param>
/// <param name="Step">The name of the current step.</param>
/// <param name="StepNumber">The number of the step, from 1.</param>
/// <param name="Steps">The number of steps of the run.</param>
/// <param name="ChunksDone">The number of completed chunks of this step, by any instance, in this start or an earlier one.</param>
/// <param name="ChunksTotal">The number of chunks of this step.</param>
/// <param name="RowsDone">The number of rows that this instance has read in this step.</param>
/// <param name="ChunksDoneBefore">The number of chunks of this step that were complete when this instance started it.</param>
/// <param name="Elapsed">The time since this instance started the step.</param>
public readonly record struct RunProgress(
    long RunId, string Step, int StepNumber, int Steps, int ChunksDone, int ChunksTotal, long RowsDone, int ChunksDoneBefore,
    TimeSpan Elapsed)
{
    /// <summary>Gets the completed part of the step, from 0 to 1.</summary>
    public double Fraction => ChunksTotal == 0 ? 1 : (double)ChunksDone / ChunksTotal;

    /// <summary>Gets the rows per second that this instance has read in this step.</summary>
    public double RowsPerSecond => Elapsed > TimeSpan.Zero ? RowsDone / Elapsed.TotalSeconds : 0;

    /// <summary>Gets the estimated remaining time of the step; null until the first chunk is complete.</summary>
    public TimeSpan? Remaining =>
        ChunksDone > ChunksDoneBefore ? Elapsed * ((double)(ChunksTotal - ChunksDone) / (ChunksDone - ChunksDoneBefore)) : null;
}
