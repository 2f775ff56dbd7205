namespace Settlements;

/// <summary>
/// The storing side of one load: stores chunk after chunk within the limit of rejected rows, counts, and reports. Thread-safe.
/// </summary>
internal sealed class LoadTally<TChunk>(
    ILoadTarget<TChunk> target, LoadLimits limits, long rejectedBefore, TimeProvider clock, Action<LoadCounts>? progress) : IDisposable
    where TChunk : LoadChunk
{
    private readonly SemaphoreSlim _deciding = new(1, 1);
    private readonly long _started = clock.GetTimestamp();
    private LoadCounts _counts;
    private long _rejectedNow;

    /// <summary>What may still be rejected: the limit is the whole load's, whichever start of it rejected the others.</summary>
    private long RejectsLeft => limits.RejectsMax - rejectedBefore - _rejectedNow;

    public void Dispose() => _deciding.Dispose();

    /// <summary>What became of all rows so far.</summary>
    public LoadCounts Counts() => _counts with { Elapsed = clock.GetElapsedTime(_started) };

    /// <summary>Stores a chunk, then reports its rejected rows and the progress; or leaves nothing of it behind.</summary>
    /// <exception cref="RowRejectedException">With this chunk's rows, more are rejected than
    /// <see cref="LoadLimits.RejectsMax"/>.</exception>
    /// <exception cref="InvalidOperationException">The target's counts do not add up to the chunk.</exception>
    public async Task DecideAsync(TChunk chunk, CancellationToken cancellationToken)
    {
        if (limits.Writers > 1 && await TryDecideBesideOthersAsync(chunk, cancellationToken).ConfigureAwait(false))
            return;

        // What may still be rejected is known only while no other chunk is being decided.
        await _deciding.WaitAsync(cancellationToken).ConfigureAwait(false);
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
            _deciding.Release();
        }
    }

    /// <summary>Counts a chunk that an earlier start of the load has committed.</summary>
    public async Task ResumeAsync(TChunk chunk, CancellationToken cancellationToken)
    {
        var outcome = await target.ResumeAsync(chunk, cancellationToken).ConfigureAwait(false);
        await CountBesideOthersAsync(chunk, outcome, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A chunk without rejected rows, as nearly all are, does not depend on the others.</summary>
    /// <returns>Whether it was one, and is decided; otherwise nothing of it is stored.</returns>
    private async Task<bool> TryDecideBesideOthersAsync(TChunk chunk, CancellationToken cancellationToken)
    {
        if (chunk.Rejected.Count > 0)
            return false;
        var outcome = await target.StoreAsync(chunk, rejectsMax: 0, static _ => Task.CompletedTask, cancellationToken)
            .ConfigureAwait(false);
        if (outcome.Rejected.Count > 0)
            return false;

        // It is stored: counting it is not cancelled any more.
        await CountBesideOthersAsync(chunk, outcome, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async Task CountBesideOthersAsync(TChunk chunk, ChunkOutcome outcome, CancellationToken cancellationToken)
    {
        await _deciding.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            await CountAsync(chunk, outcome, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _deciding.Release();
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

    // The row that stops the load is the first one, of those known, that the limit does not cover.
    private RowRejectedException TooManyRejected(List<RejectedRow> rows) => new(
        rows[(int)Math.Clamp(RejectsLeft, 0, rows.Count - 1)], [.. rows], rejectedBefore + _rejectedNow + rows.Count, limits.RejectsMax);
}
