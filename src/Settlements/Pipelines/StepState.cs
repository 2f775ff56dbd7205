using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>The progress of a step.</summary>
[Experimental("SETTLE001")]
public sealed class StepState(int chunksTotal, int chunksDone)
{
    /// <summary>The number of planned chunks.</summary>
    public int ChunksTotal { get; } = chunksTotal;

    /// <summary>The number of completed chunks.</summary>
    public int ChunksDone { get; } = chunksDone;
}
