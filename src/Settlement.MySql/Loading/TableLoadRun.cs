using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Settlement.Loading;

namespace Settlement.MySql.Loading;

/// <summary>One load: one reader cuts and encodes chunks, several writers store them.</summary>
internal sealed class TableLoadRun(
    ChunkStore store, TargetTable table, IRowReader reader, TableLoadOptions options, SortedList<long, Checkpoint> recorded,
    IProgress<TableLoadProgress>? progress, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _counting = new(1, 1);
    private readonly long _started = clock.GetTimestamp();
    private long _sent;
    private long _resumed;
    private long _stored;
    private long _skipped;
    private readonly long _rejectedBefore = recorded.Values.Sum(c => c.Rejected);
    private long _rejectedNow;
    private long _rejected;

    public void Dispose() => _counting.Dispose();

    public async Task<TableLoadReport> RunAsync(CancellationToken cancellationToken)
    {
        var chunks = options.Writers + 1;
        var free = Channel.CreateBounded<EncodedChunk>(chunks);
        var filled = Channel.CreateBounded<EncodedChunk>(chunks);
        for (var i = 0; i < chunks; i++)
            free.Writer.TryWrite(new EncodedChunk());

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Exception? first = null;
        var writers = Enumerable.Range(0, options.Writers).Select(_ => Guard(() => WriteAsync(filled.Reader, free.Writer, stop.Token)));
        await Task.WhenAll([Guard(() => ReadAsync(free, filled.Writer, stop.Token)), .. writers]).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (first is not null)
            ExceptionDispatchInfo.Throw(first);
        return new TableLoadReport(_sent, _resumed, _stored, _skipped, _rejected, clock.GetElapsedTime(_started));

        Task Guard(Func<Task> work) => Task.Run(
            async () =>
            {
                try
                {
                    await work().ConfigureAwait(false);
                }
                catch (Exception e)
                {
                    // Only the first: what the others throw then is that they were stopped.
                    Interlocked.CompareExchange(ref first, e, null);
                    await stop.CancelAsync().ConfigureAwait(false);
                }
            },
            CancellationToken.None);
    }

    private async Task ReadAsync(Channel<EncodedChunk> free, ChannelWriter<EncodedChunk> filled, CancellationToken cancellationToken)
    {
        try
        {
            var next = 1L;
            for (var more = true; more;)
            {
                var chunk = await free.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                chunk.Clear(next);
                more = await reader.FillAsync(chunk, table, RowsFrom(next), cancellationToken).ConfigureAwait(false);
                next += chunk.RowCount;
                if (recorded.TryGetValue(chunk.FirstRow, out var done))
                {
                    Checkpoints.RequireSame(options.Key!, done, chunk, table);
                    await CountAsync(chunk, await store.ResumeAsync(done, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
                    free.Writer.TryWrite(chunk);
                }
                else if (chunk.RowCount > 0)
                {
                    await filled.WriteAsync(chunk, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            filled.TryComplete();
        }
    }

    /// <summary>Chunks that are recorded stay as they were cut, and what lies between is cut up to them.</summary>
    private int RowsFrom(long row)
    {
        if (recorded.TryGetValue(row, out var done))
            return (int)done.RowCount;
        var later = recorded.Keys.FirstOrDefault(first => first > row);
        return later == 0 ? options.ChunkRows : (int)Math.Min(options.ChunkRows, later - row);
    }

    private async Task WriteAsync(ChannelReader<EncodedChunk> filled, ChannelWriter<EncodedChunk> free, CancellationToken cancellationToken)
    {
        while (await filled.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (filled.TryRead(out var chunk))
            {
                await DecideAsync(chunk, cancellationToken).ConfigureAwait(false);
                free.TryWrite(chunk);
            }
        }
    }

    /// <summary>Chunks without rejected rows are stored side by side; how many may still be rejected is known to one at a time only.</summary>
    private async Task DecideAsync(EncodedChunk chunk, CancellationToken cancellationToken)
    {
        if (options.Writers > 1 && chunk.Rejected.Count == 0)
        {
            var outcome = await store.StoreAsync(chunk, rejectsMax: 0, static _ => Task.CompletedTask, cancellationToken).ConfigureAwait(false);
            if (outcome.Rejected.Count == 0)
            {
                await CountAsync(chunk, outcome, CancellationToken.None).ConfigureAwait(false);
                return;
            }
        }

        await _counting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var left = (int)RejectsLeft;
            var stored = left < chunk.Rejected.Count
                ? throw TooManyRejected(chunk.Rejected)
                : await store.StoreAsync(chunk, left, outcome => TellAsync(outcome.Rejected, cancellationToken), cancellationToken).ConfigureAwait(false);
            if (stored.Rejected.Count > left)
                throw TooManyRejected(stored.Rejected);
            await TellAsync(stored.Recorded, cancellationToken).ConfigureAwait(false);
            Count(chunk, stored);
        }
        finally
        {
            _counting.Release();
        }
    }

    private async Task CountAsync(EncodedChunk chunk, ChunkOutcome outcome, CancellationToken cancellationToken)
    {
        await _counting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await TellAsync(outcome.Recorded, cancellationToken).ConfigureAwait(false);
            Count(chunk, outcome);
        }
        finally
        {
            _counting.Release();
        }
    }

    private void Count(EncodedChunk chunk, ChunkOutcome outcome)
    {
        _sent += chunk.RowCount;
        if (outcome.IsResumed)
        {
            _resumed += chunk.RowCount - outcome.RejectedBefore;
            _rejected += outcome.RejectedBefore;
        }
        else
        {
            _stored += outcome.Stored;
            _skipped += outcome.Skipped;
            _rejected += outcome.Rejected.Count;
            _rejectedNow += outcome.Rejected.Count;
        }

        progress?.Report(new TableLoadProgress(_sent, _stored, _rejected, clock.GetElapsedTime(_started)));
    }

    private async Task TellAsync(IReadOnlyList<RejectedRow> rows, CancellationToken cancellationToken)
    {
        if (options.OnRejected is not { } onRejected)
            return;
        foreach (var row in rows)
            await onRejected(row, cancellationToken).ConfigureAwait(false);
    }

    private RowRejectedException TooManyRejected(List<RejectedRow> rows) => new(
        rows[(int)Math.Clamp(RejectsLeft, 0, rows.Count - 1)], [.. rows], _rejectedBefore + _rejectedNow + rows.Count, options.RejectsMax);

    /// <summary>Of the whole load's limit, whichever start of it rejected the others.</summary>
    private long RejectsLeft => options.RejectsMax - _rejectedBefore - _rejectedNow;
}
