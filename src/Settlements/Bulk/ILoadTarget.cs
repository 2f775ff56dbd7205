namespace Settlements;

/// <summary>Where a load's rows go. Used by several writers at a time.</summary>
internal interface ILoadTarget<TChunk>
    where TChunk : LoadChunk
{
    /// <summary>Makes an empty chunk; a load uses few, again and again.</summary>
    TChunk CreateChunk();

    /// <summary>Stores a chunk in one transaction, or nothing of it.</summary>
    /// <param name="chunk">The rows.</param>
    /// <param name="rejectsMax">The most rejected rows, malformed ones included, with which the others are stored; with one more, nothing
    /// is.</param>
    /// <param name="report">Reports rejected rows; for a target that reports them before its commit, so that an exception rolls the chunk
    /// back. Any other leaves them in <see cref="ChunkOutcome.Unreported"/>.</param>
    /// <param name="cancellationToken">Stops before the commit.</param>
    Task<ChunkOutcome> StoreAsync(
        TChunk chunk, int rejectsMax, Func<IReadOnlyList<RejectedRow>, Task> report, CancellationToken cancellationToken);

    /// <summary>Compares a chunk with what an earlier start of the load has committed in its place.</summary>
    /// <exception cref="InvalidOperationException">The rows are not the same.</exception>
    Task<ChunkOutcome> ResumeAsync(TChunk chunk, CancellationToken cancellationToken);
}

/// <summary>A chunk that an earlier start of the load has committed.</summary>
/// <param name="FirstRow">Its first row in the source, from 1.</param>
/// <param name="RowCount">Its rows, rejected ones included.</param>
/// <param name="Rejected">Those that were rejected.</param>
internal readonly record struct RecordedChunk(long FirstRow, long RowCount, long Rejected);
