namespace Settlements;

/// <summary>The progress of a trial. Immutable.</summary>
public sealed class TrialProgress
{
    internal TrialProgress(int chunksDone, int chunks) => (ChunksDone, Chunks) = (chunksDone, chunks);

    /// <summary>The number of ranges of items that are compared.</summary>
    public int ChunksDone { get; }

    /// <summary>The number of ranges of items.</summary>
    public int Chunks { get; }
}
