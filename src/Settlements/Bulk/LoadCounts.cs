namespace Settlements;

/// <summary>What became of the rows of a load so far.</summary>
/// <param name="Sent">Rows decided: resumed, stored, duplicates and rejected together.</param>
/// <param name="Resumed">Rows that an earlier start of the load had decided, without those that it rejected.</param>
/// <param name="Stored">Rows stored now.</param>
/// <param name="Duplicates">Rows that were there already.</param>
/// <param name="Rejected">Rows rejected, now or by an earlier start.</param>
/// <param name="Late">Of the stored rows, those whose day was closed.</param>
/// <param name="BytesRead">The stream's bytes up to the last decided chunk; <see langword="null"/> where there are none.</param>
/// <param name="Elapsed">Time since the load's start.</param>
internal readonly record struct LoadCounts(
    long Sent, long Resumed, long Stored, long Duplicates, long Rejected, long Late, long? BytesRead, TimeSpan Elapsed)
{
    /// <summary>The counts with a chunk's added.</summary>
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
