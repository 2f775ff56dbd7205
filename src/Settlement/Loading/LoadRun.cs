using Settlement.BillableEvents;
using Settlement.Telemetry;

namespace Settlement.Loading;

/// <summary>The storing side of one load: decides chunk after chunk and keeps count.</summary>
internal sealed class LoadRun(
    IEventStore store, TimeProvider clock, LoadOptions options, IProgress<LoadProgress>? progress, long? bytesTotal) : IDisposable
{
    private static readonly StoredBatch Nothing = new(0, 0, 0, []);

    private readonly SemaphoreSlim _deciding = new(1, 1);
    private readonly long _started = clock.GetTimestamp();
    private long _sent;
    private long _stored;
    private long _duplicates;
    private int _rejected;
    private long _late;
    private long? _bytesRead;

    public void Dispose() => _deciding.Dispose();

    /// <summary>What became of all rows so far.</summary>
    /// <exception cref="InvalidOperationException">The sums do not add up.</exception>
    public LoadReport Report() => new(_sent, _stored, _duplicates, _rejected, _late, clock.GetElapsedTime(_started));

    /// <summary>Stores a chunk, then tells of its rejected rows and of the progress; or leaves nothing of it behind and tells of
    /// nothing. Thread-safe.</summary>
    /// <exception cref="RowRejectedException">With this chunk's rows, more are rejected than may be.</exception>
    /// <exception cref="InvalidOperationException">What the store answered does not add up to the batch.</exception>
    public async Task DecideAsync(LoadChunk chunk, CancellationToken cancellationToken)
    {
        if (chunk.Rows == 0)
            return;

        if (options.Writers > 1 && await TryDecideBesideOthersAsync(chunk, cancellationToken).ConfigureAwait(false))
            return;

        // What may still be rejected is known only while no other chunk is being decided.
        await _deciding.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var conflictsMax = ConflictsMax(chunk);
            var result = await StoreAsync(chunk, conflictsMax, cancellationToken).ConfigureAwait(false);
            if (result.Conflicts.Count > conflictsMax)
                throw TooManyRejected(WithConflicts(chunk, result.Conflicts));
            await TellAsync(chunk, result, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _deciding.Release();
        }
    }

    /// <summary>A chunk without rejected rows, as nearly all are, needs to know nothing of the others.</summary>
    /// <returns>Whether it was one, and is decided; otherwise nothing of it is stored.</returns>
    private async Task<bool> TryDecideBesideOthersAsync(LoadChunk chunk, CancellationToken cancellationToken)
    {
        if (chunk.Rejected.Count > 0)
            return false;
        var result = await StoreAsync(chunk, conflictsMax: 0, cancellationToken).ConfigureAwait(false);
        if (result.Conflicts.Count > 0)
            return false;

        await _deciding.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            await TellAsync(chunk, result, cancellationToken).ConfigureAwait(false);
            return true;
        }
        finally
        {
            _deciding.Release();
        }
    }

    private int ConflictsMax(LoadChunk chunk) => options.RejectsMax - _rejected - chunk.Rejected.Count is var left and >= 0
        ? left
        : throw TooManyRejected(chunk.Rejected);

    private async Task<StoredBatch> StoreAsync(LoadChunk chunk, int conflictsMax, CancellationToken cancellationToken) => chunk.Batch.Count == 0
        ? Nothing
        : await store.StoreAsync(chunk.Batch, conflictsMax, cancellationToken).ConfigureAwait(false);

    private async Task TellAsync(LoadChunk chunk, StoredBatch result, CancellationToken cancellationToken)
    {
        var rejected = WithConflicts(chunk, result.Conflicts);
        Count(chunk, result);
        if (options.OnRejected is { } onRejected)
        {
            foreach (var row in rejected)
                await onRejected(row, cancellationToken).ConfigureAwait(false);
        }

        // With several writers a later chunk may come first.
        _bytesRead = chunk.BytesRead is { } read ? Math.Max(_bytesRead ?? 0, read) : null;
        progress?.Report(new LoadProgress(_sent, _stored, _duplicates, _rejected, _bytesRead, bytesTotal, clock.GetElapsedTime(_started)));
    }

    private void Count(LoadChunk chunk, StoredBatch result)
    {
        // Sent is counted by the reader, the rest by the store: a store that miscounts is found out at its first batch.
        var decided = new LoadReport(
            chunk.Rows, result.Stored, result.Duplicates, result.Conflicts.Count + chunk.Rejected.Count, result.Late, TimeSpan.Zero);
        _sent += decided.Sent;
        _stored += decided.Stored;
        _duplicates += decided.Duplicates;
        _rejected += (int)decided.Rejected;
        _late += decided.Late;
        SettlementTelemetry.EventsLoaded.Add(decided.Stored, new KeyValuePair<string, object?>("settlement.outcome", "stored"));
        SettlementTelemetry.EventsLoaded.Add(decided.Duplicates, new KeyValuePair<string, object?>("settlement.outcome", "duplicate"));
        SettlementTelemetry.EventsLoaded.Add(decided.Rejected, new KeyValuePair<string, object?>("settlement.outcome", "rejected"));
        SettlementTelemetry.EventsLoaded.Add(decided.Late, new KeyValuePair<string, object?>("settlement.outcome", "late"));
    }

    private static List<RejectedRow> WithConflicts(LoadChunk chunk, IReadOnlyList<EventConflict> conflicts)
    {
        if (conflicts.Count == 0)
            return chunk.Rejected;

        var rows = new List<RejectedRow>(chunk.Rejected.Count + conflicts.Count);
        rows.AddRange(chunk.Rejected);
        foreach (var conflict in conflicts)
        {
            var sent = chunk.Batch[conflict.Index];
            var number = chunk.Batch.RowNumber(conflict.Index);
            rows.Add(RejectedRow.From(number, EventText.Conflict(sent, conflict.Stored), EventText.Row(sent)) with { LineNumber = chunk.LineOf(number) });
        }

        rows.Sort(static (one, other) => one.RowNumber.CompareTo(other.RowNumber));
        return rows;
    }

    // The row that stops the load is the first one, of those known, that the limit does not cover.
    private RowRejectedException TooManyRejected(List<RejectedRow> rows) =>
        new(rows[options.RejectsMax - _rejected], [.. rows], _rejected + (long)rows.Count, options.RejectsMax);
}
