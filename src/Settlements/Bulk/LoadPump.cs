using System.Runtime.ExceptionServices;
using System.Threading.Channels;

namespace Settlements;

/// <summary>
/// One load: one task cuts the source's rows into chunks while writers store others, each in a transaction. Chunks before an error of the
/// source are stored first; an error of a writer stops the others.
/// </summary>
/// <param name="source">Disposed once no row is read any more.</param>
/// <param name="target">Where chunks go.</param>
/// <param name="limits">What bounds the load.</param>
/// <param name="clock">Measures how long it takes.</param>
/// <param name="progress">Called after each chunk, never by two writers at a time; or <see langword="null"/>.</param>
internal sealed class LoadPump<TChunk>(
    ILoadSource<TChunk> source, ILoadTarget<TChunk> target, LoadLimits limits, TimeProvider clock, Action<LoadCounts>? progress)
    where TChunk : LoadChunk
{
    private readonly SortedList<long, RecordedChunk> _recorded = [];

    /// <summary>What earlier starts of the load have committed: these chunks are cut as they were, compared, and passed over.</summary>
    public IEnumerable<RecordedChunk> Recorded
    {
        init
        {
            foreach (var chunk in value)
                _recorded.Add(chunk.FirstRow, chunk);
        }
    }

    /// <summary>Runs the load to its end.</summary>
    /// <returns>What became of all rows.</returns>
    public async Task<LoadCounts> RunAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // One that is filled while the others are stored: a further one would only take memory, since the slower side stays the slower one.
        var chunks = limits.Writers + 1;
        var free = Channel.CreateBounded<TChunk>(chunks);
        var filled = Channel.CreateBounded<TChunk>(chunks);
        for (var i = 0; i < chunks; i++)
            free.Writer.TryWrite(target.CreateChunk());

        using var tally = new LoadTally<TChunk>(target, limits, _recorded.Values.Sum(chunk => chunk.Rejected), clock, progress);
        using var stopReading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = Task.Run(() => ReadAllAsync(tally, free, filled.Writer, stopReading.Token), CancellationToken.None);
        try
        {
            await WriteAllAsync(tally, filled.Reader, free.Writer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The writers' exception is the load's; the reading task is only awaited, so that nothing reads the source any more.
            await stopReading.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        try
        {
            await reading.ConfigureAwait(false);
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested)
        {
            // A driver's own exception, too: it is the answer to the cancellation.
            throw new OperationCanceledException(null, e, cancellationToken);
        }

        return tally.Counts();
    }

    private async Task ReadAllAsync(
        LoadTally<TChunk> tally, Channel<TChunk> free, ChannelWriter<TChunk> filled, CancellationToken cancellationToken)
    {
        try
        {
            await using var _ = source.ConfigureAwait(false);
            var (nextRow, malformed) = (1L, 0L);
            for (var more = true; more;)
            {
                var chunk = await free.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                more = await FillAsync(chunk, nextRow, malformed, cancellationToken).ConfigureAwait(false);
                nextRow += chunk.RowCount;
                malformed += chunk.Rejected.Count;

                // The writers stop the load at the row that exceeds the limit: no row after it is read.
                more = more && malformed <= limits.RejectsMax;
                if (chunk.RowCount > 0 && !_recorded.ContainsKey(chunk.FirstRow))
                {
                    await filled.WriteAsync(chunk, cancellationToken).ConfigureAwait(false);
                    continue;
                }

                if (chunk.RowCount > 0)
                    await tally.ResumeAsync(chunk, cancellationToken).ConfigureAwait(false);
                free.Writer.TryWrite(chunk);
            }
        }
        finally
        {
            // Without the exception: the chunks before it are stored first, and then it comes from this task as itself.
            filled.Complete();
        }
    }

    /// <summary>Recorded chunks are cut as they were, whatever their malformed rows; rows before one are cut up to it.</summary>
    private ValueTask<bool> FillAsync(TChunk chunk, long nextRow, long malformed, CancellationToken cancellationToken)
    {
        if (_recorded.TryGetValue(nextRow, out var recorded))
        {
            chunk.Clear(nextRow, (int)recorded.RowCount, int.MaxValue);
        }
        else
        {
            var later = _recorded.Keys.FirstOrDefault(first => first > nextRow);
            chunk.Clear(
                nextRow, later == 0 ? limits.ChunkRows : (int)Math.Min(limits.ChunkRows, later - nextRow),
                (int)Math.Min(LoadChunk.RejectedMax, limits.RejectsMax - malformed + 1));
        }

        return source.FillAsync(chunk, cancellationToken);
    }

    /// <summary>Runs the writers until there are no more chunks; when one fails, the others stop, and its failure is the load's.</summary>
    private async Task WriteAllAsync(
        LoadTally<TChunk> tally, ChannelReader<TChunk> filled, ChannelWriter<TChunk> free, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Exception? first = null;
        var writers = Enumerable.Range(0, limits.Writers).Select(_ => Task.Run(WriteAsync, CancellationToken.None));
        await Task.WhenAll(writers).ConfigureAwait(false);
        if (first is null)
            return;
        cancellationToken.ThrowIfCancellationRequested();
        ExceptionDispatchInfo.Throw(first);

        async Task WriteAsync()
        {
            try
            {
                await StoreAllAsync(tally, filled, free, stop.Token).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                // Only the first: the others' is then that they were stopped.
                Interlocked.CompareExchange(ref first, e, null);
                await stop.CancelAsync().ConfigureAwait(false);
            }
        }
    }

    private static async Task StoreAllAsync(
        LoadTally<TChunk> tally, ChannelReader<TChunk> filled, ChannelWriter<TChunk> free, CancellationToken cancellationToken)
    {
        while (await filled.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (filled.TryRead(out var chunk))
            {
                cancellationToken.ThrowIfCancellationRequested();
                await tally.DecideAsync(chunk, cancellationToken).ConfigureAwait(false);
                free.TryWrite(chunk);
            }
        }
    }
}
