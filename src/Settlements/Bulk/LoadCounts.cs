namespace Settlements;

/// <summary>The counts of the rows of a load so far.</summary>
/// <param name="Sent">The processed rows: resumed, stored, duplicates and rejected.</param>
/// <param name="Resumed">The rows that an earlier start of the load processed, except those that it rejected.</param>
/// <param name="Stored">The rows stored by this start.</param>
/// <param name="Duplicates">The rows that were already stored.</param>
/// <param name="Rejected">The rows rejected by this or an earlier start.</param>
/// <param name="Late">The stored rows that are late.</param>
/// <param name="BytesRead">
/// The bytes of the stream up to the last processed chunk; <see langword="null"/> when the source is not a stream.
/// </param>
/// <param name="Elapsed">The time since the start of the load.</param>
internal readonly record struct LoadCounts(
    long Sent, long Resumed, long Stored, long Duplicates, long Rejected, long Late, long? BytesRead, TimeSpan Elapsed)
{
    /// <summary>Returns the counts with those of a chunk added.</summary>
    public LoadCounts With(LoadChunk chunk, ChunkOutcome outcome) => this with
    {
        Sent = Sent + chunk.RowCount,
        Resumed = Resumed + (outcome.IsResumed ? chunk.RowCount - outcome.RejectedBefore : 0),
        Stored = Stored + (outcome.IsResumed ? 0 : outcome.Stored),
        Duplicates = Duplicates + (outcome.IsResumed ? 0 : outcome.Duplicates),
        Rejected = Rejected + (outcome.IsResumed ? outcome.RejectedBefore : outcome.Rejected.Count),
        Late = Late + (outcome.IsResumed ? 0 : outcome.Late),

        // With several writers a later chunk may be stored first.
        BytesRead = chunk.BytesRead is { } read ? Math.Max(BytesRead ?? 0, read) : null,
    };
}
