namespace Settlements;

/// <summary>
/// Stores the chunks of a load within the limit of rejected rows, counts rows, and reports progress. Thread-safe.
/// </summary>
internal sealed class LoadTally<TChunk>(
    ILoadTarget<TChunk> target, LoadLimits limits, long rejectedBefore, TimeProvider clock, Action<LoadCounts>? progress) : IDisposable
    where TChunk : LoadChunk
{
    private readonly SemaphoreSlim _exclusive = new(1, 1);
    private readonly long _started = clock.GetTimestamp();
    private LoadCounts _counts;
    private long _rejectedNow;

    /// <summary>Gets the number of rows that may still be rejected. The limit applies to all starts of the load together.</summary>
    private long RejectsLeft => limits.RejectsMax - rejectedBefore - _rejectedNow;

    public void Dispose() => _exclusive.Dispose();

    /// <summary>Returns the counts of all rows so far.</summary>
    public LoadCounts Counts() => _counts with { Elapsed = clock.GetElapsedTime(_started) };

    /// <summary>Stores a chunk completely or not at all, then reports its rejected rows and the progress.</summary>
    /// <exception cref="RowRejectedException">With this chunk, more rows are rejected than <see cref="LoadLimits.RejectsMax"/>.</exception>
    /// <exception cref="InvalidOperationException">The counts of the target do not add up to the rows of the chunk.</exception>
    public async Task StoreAsync(TChunk chunk, CancellationToken cancellationToken)
    {
        if (limits.Writers > 1 && await TryStoreConcurrentlyAsync(chunk, cancellationToken).ConfigureAwait(false))
            return;

        // The number of rows that may still be rejected is only known while no other chunk is being stored.
        await _exclusive.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var left = RejectsLeft;
            if (left < chunk.Rejected.Count)
                throw TooManyRejected(chunk.Rejected);
            var outcome = await target.StoreAsync(chunk, (int)left, rows => ReportAsync(rows, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
            if (outcome.Rejected.Count > left)
                throw TooManyRejected(outcome.Rejected);
            await CountAsync(chunk, outcome, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _exclusive.Release();
        }
    }

    /// <summary>Counts a chunk that an earlier start of the load has committed.</summary>
    public async Task ResumeAsync(TChunk chunk, CancellationToken cancellationToken)
    {
        var outcome = await target.ResumeAsync(chunk, cancellationToken).ConfigureAwait(false);
        await CountExclusivelyAsync(chunk, outcome, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stores a chunk without rejected rows, like nearly all chunks, concurrently: it does not depend on other chunks.</summary>
    /// <returns>Whether the chunk had no rejected rows and is stored; otherwise nothing of it is stored.</returns>
    private async Task<bool> TryStoreConcurrentlyAsync(TChunk chunk, CancellationToken cancellationToken)
    {
        if (chunk.Rejected.Count > 0)
            return false;
        var outcome = await target.StoreAsync(chunk, rejectsMax: 0, static _ => Task.CompletedTask, cancellationToken)
            .ConfigureAwait(false);
        if (outcome.Rejected.Count > 0)
            return false;

        // The chunk is stored, so counting it must not be cancelled.
        await CountExclusivelyAsync(chunk, outcome, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async Task CountExclusivelyAsync(TChunk chunk, ChunkOutcome outcome, CancellationToken cancellationToken)
    {
        await _exclusive.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            await CountAsync(chunk, outcome, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _exclusive.Release();
        }
    }

    private async Task CountAsync(TChunk chunk, ChunkOutcome outcome, CancellationToken cancellationToken)
    {
        outcome.RequireSum(chunk.RowCount);
        _counts = _counts.With(chunk, outcome);
        _rejectedNow += outcome.IsResumed ? 0 : outcome.Rejected.Count;
        await ReportAsync(outcome.Unreported, cancellationToken).ConfigureAwait(false);
        progress?.Invoke(Counts());
    }

    private async Task ReportAsync(IReadOnlyList<RejectedRow> rows, CancellationToken cancellationToken)
    {
        if (limits.OnRejected is not { } onRejected)
            return;
        foreach (var row in rows)
            await onRejected(row, cancellationToken).ConfigureAwait(false);
    }

    // The row that stops the load is the first known row beyond the limit.
    private RowRejectedException TooManyRejected(List<RejectedRow> rows) => new(
        rows[(int)Math.Clamp(RejectsLeft, 0, rows.Count - 1)], [.. rows], rejectedBefore + _rejectedNow + rows.Count, limits.RejectsMax);
}
