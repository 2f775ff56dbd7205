namespace Settlements.Pipelines;

/// <summary>How far a run is. Reported when a step begins and after every chunk.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Step">The name of the step under way.</param>
/// <param name="StepNumber">Its place, from 1.</param>
/// <param name="Steps">How many steps the run has.</param>
/// <param name="ChunksDone">Chunks of this step that are done, by whichever host, in this start or an earlier one.</param>
/// <param name="ChunksTotal">Chunks of this step.</param>
/// <param name="RowsDone">Rows that this host read in this step since it started.</param>
/// <param name="ChunksDoneBefore">Chunks of this step that were done when this host began it.</param>
/// <param name="Elapsed">Time since this host began the step.</param>
public readonly record struct RunProgress(
    long RunId, string Step, int StepNumber, int Steps, int ChunksDone, int ChunksTotal, long RowsDone, int ChunksDoneBefore, TimeSpan Elapsed)
{
    /// <summary>The part of the step that is done, from 0 to 1.</summary>
    public double Fraction => ChunksTotal == 0 ? 1 : (double)ChunksDone / ChunksTotal;

    /// <summary>Rows per second that this host read in this step.</summary>
    public double RowsPerSecond => Elapsed > TimeSpan.Zero ? RowsDone / Elapsed.TotalSeconds : 0;

    /// <summary>The time that the rest of the step takes at the pace so far; null before the first chunk is done.</summary>
    public TimeSpan? Remaining =>
        ChunksDone > ChunksDoneBefore ? Elapsed * ((double)(ChunksTotal - ChunksDone) / (ChunksDone - ChunksDoneBefore)) : null;
}
