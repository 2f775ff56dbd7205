namespace Settlements;

/// <summary>The target of the rows of a load. Several writers use it concurrently.</summary>
internal interface ILoadTarget<TChunk>
    where TChunk : LoadChunk
{
    /// <summary>Creates an empty chunk. A load creates few and reuses them.</summary>
    TChunk CreateChunk();

    /// <summary>Stores a chunk in one transaction, completely or not at all.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="rejectsMax">
    /// The maximum number of rejected rows, malformed ones included, with which the other rows are stored. With more, nothing is stored.
    /// </param>
    /// <param name="report">
    /// Reports rejected rows, for a target that reports them before its commit, so that an exception rolls back the chunk. Other targets
    /// return them in <see cref="ChunkOutcome.Unreported"/>.
    /// </param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    Task<ChunkOutcome> StoreAsync(
        TChunk chunk, int rejectsMax, Func<IReadOnlyList<RejectedRow>, Task> report, CancellationToken cancellationToken);

    /// <summary>Compares a chunk with the one that an earlier start of the load committed at the same position.</summary>
    /// <exception cref="InvalidOperationException">The rows differ.</exception>
    Task<ChunkOutcome> ResumeAsync(TChunk chunk, CancellationToken cancellationToken);
}

/// <summary>A chunk that an earlier start of the load committed.</summary>
/// <param name="FirstRow">The number of its first row in the source, from 1.</param>
/// <param name="RowCount">The number of rows, rejected ones included.</param>
/// <param name="Rejected">The number of rejected rows.</param>
internal readonly record struct RecordedChunk(long FirstRow, long RowCount, long Rejected);
