using System.Runtime.ExceptionServices;
using System.Threading.Channels;

namespace Settlements;

/// <summary>
/// Executes a load: one task reads the rows of the source into chunks while writers store other chunks, each in a transaction. After an
/// error of the source, the chunks before it are still stored; an error of a writer stops the other writers.
/// </summary>
/// <param name="source">The source, disposed after the last read.</param>
/// <param name="target">The target of the chunks.</param>
/// <param name="limits">The limits of the load.</param>
/// <param name="clock">The clock for the duration.</param>
/// <param name="progress">Called after each chunk, never concurrently; or <see langword="null"/>.</param>
internal sealed class LoadPump<TChunk>(
    ILoadSource<TChunk> source, ILoadTarget<TChunk> target, LoadLimits limits, TimeProvider clock, Action<LoadCounts>? progress)
    where TChunk : LoadChunk
{
    private readonly SortedList<long, RecordedChunk> _recorded = [];

    /// <summary>
    /// Sets the chunks that earlier starts of the load committed. They are read with the same bounds, compared, and skipped.
    /// </summary>
    public IEnumerable<RecordedChunk> Recorded
    {
        init
        {
            foreach (var chunk in value)
                _recorded.Add(chunk.FirstRow, chunk);
        }
    }

    /// <summary>Runs the load to its end.</summary>
    /// <returns>The counts of all rows.</returns>
    public async Task<LoadCounts> RunAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // One chunk is filled while the others are stored. A further one would only use memory, since the slower side limits the
        // throughput.
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
            // The exception of the writers is thrown. The reading task is only awaited, so that the source is no longer in use.
            await stopReading.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        try
        {
            await reading.ConfigureAwait(false);
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested)
        {
            // Includes exceptions of a driver, which result from the cancellation.
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
            // Without the exception: the chunks before it are stored first, and then awaiting this task throws it.
            filled.Complete();
        }
    }

    /// <summary>
    /// Fills a chunk: a recorded chunk with its recorded bounds, regardless of malformed rows; any other chunk ends before the next
    /// recorded one.
    /// </summary>
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

    /// <summary>Runs the writers until there are no more chunks. When one fails, the others stop and its exception is thrown.</summary>
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
                // Only the first exception: the other writers are cancelled because of it.
                Interlocked.CompareExchange(ref first, e, null);
                await stop.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
                await tally.StoreAsync(chunk, cancellationToken).ConfigureAwait(false);
                free.TryWrite(chunk);
            }
        }
    }
}
