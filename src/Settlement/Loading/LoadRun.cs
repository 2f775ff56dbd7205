using System.Globalization;
using Settlement.BillableEvents;
using Settlement.Telemetry;

namespace Settlement.Loading;

/// <summary>The storing side of one load: decides chunk after chunk and keeps count.</summary>
internal sealed class LoadRun(
    IEventStore store, TimeProvider clock, LoadOptions options, IProgress<LoadProgress>? progress, long? bytesTotal)
{
    private static readonly StoredBatch Nothing = new(0, 0, 0, []);

    private readonly long _started = clock.GetTimestamp();
    private long _sent;
    private long _stored;
    private long _duplicates;
    private int _rejected;
    private long _late;

    /// <summary>What became of all rows so far.</summary>
    /// <exception cref="InvalidOperationException">The sums do not add up.</exception>
    public LoadReport Report() => new(_sent, _stored, _duplicates, _rejected, _late, clock.GetElapsedTime(_started));

    /// <summary>Stores a chunk, then tells of its rejected rows and of the progress; or leaves nothing of it behind and tells of
    /// nothing.</summary>
    /// <exception cref="RowRejectedException">With this chunk's rows, more are rejected than may be.</exception>
    /// <exception cref="InvalidOperationException">What the store answered does not add up to the batch.</exception>
    public async Task DecideAsync(LoadChunk chunk, CancellationToken cancellationToken)
    {
        if (chunk.Rows == 0)
            return;

        var conflictsMax = options.RejectsMax - _rejected - chunk.Rejected.Count;
        if (conflictsMax < 0)
            throw TooManyRejected(chunk.Rejected);

        var result = chunk.Batch.Count == 0
            ? Nothing
            : await store.StoreAsync(chunk.Batch, conflictsMax, cancellationToken).ConfigureAwait(false);
        var rejected = WithConflicts(chunk, result.Conflicts);
        if (result.Conflicts.Count > conflictsMax)
            throw TooManyRejected(rejected);

        Count(chunk, result);
        if (options.OnRejected is { } onRejected)
        {
            foreach (var row in rejected)
                await onRejected(row, cancellationToken).ConfigureAwait(false);
        }

        progress?.Report(new LoadProgress(_sent, _stored, _duplicates, _rejected, chunk.BytesRead, bytesTotal, clock.GetElapsedTime(_started)));
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
            var reason = string.Create(
                CultureInfo.InvariantCulture,
                $"event {sent.EventId:D} is stored already with another content: stored {Content(conflict.Stored)}, sent {Content(sent)}. " +
                $"Give the event an id of its own.");
            rows.Add(RejectedRow.From(chunk.Batch.RowNumber(conflict.Index), new Refusal(EventColumns.EventId, reason), EventText.Row(sent)));
        }

        rows.Sort(static (one, other) => one.RowNumber.CompareTo(other.RowNumber));
        return rows;
    }

    // The row that stops the load is the first one, of those known, that the limit does not cover.
    private RowRejectedException TooManyRejected(List<RejectedRow> rows) =>
        new(rows[options.RejectsMax - _rejected], [.. rows], _rejected + (long)rows.Count, options.RejectsMax);

    private static string Content(BillableEvent billable) => Shown.Of(EventText.Content(billable), 4 * BillableEvent.TextLengthMax);
}
