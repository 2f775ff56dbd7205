namespace Settlements.Pipelines;

/// <summary>The progress of a step.</summary>
public sealed class StepState(int chunksTotal, int chunksDone)
{
    /// <summary>The number of planned chunks.</summary>
    public int ChunksTotal { get; } = chunksTotal;

    /// <summary>The number of completed chunks.</summary>
    public int ChunksDone { get; } = chunksDone;
}
