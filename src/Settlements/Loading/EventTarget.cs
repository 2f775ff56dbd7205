using Settlements.Stores;

namespace Settlements;

/// <summary>Stores the chunks of a load of events. Rejected rows are reported after their chunk is stored.</summary>
internal sealed class EventTarget(IEventStore store, int chunkRows) : ILoadTarget<EventChunk>
{
    private static readonly StoredBatch Nothing = new(0, 0, 0, []);

    public EventChunk CreateChunk() => new(chunkRows);

    public async Task<ChunkOutcome> StoreAsync(
        EventChunk chunk, int rejectsMax, Func<IReadOnlyList<RejectedRow>, Task> report, CancellationToken cancellationToken)
    {
        var conflictsMax = rejectsMax - chunk.Rejected.Count;
        var result = chunk.Count == 0
            ? Nothing
            : await store.StoreAsync(chunk.Batch, conflictsMax, cancellationToken).ConfigureAwait(false);
        var rejected = WithConflicts(chunk, result.Conflicts);
        if (result.Conflicts.Count <= conflictsMax)
        {
            Measure(result.Stored, "stored");
            Measure(result.Duplicates, "duplicate");
            Measure(rejected.Count, "rejected");
            Measure(result.Late, "late");
        }

        return new ChunkOutcome
        {
            Stored = result.Stored, Duplicates = result.Duplicates, Late = result.Late, Rejected = rejected, Unreported = rejected,
        };
    }

    /// <summary>Never called: a load of events records no chunks, since an event id shows whether the event is stored.</summary>
    public Task<ChunkOutcome> ResumeAsync(EventChunk chunk, CancellationToken cancellationToken) =>
        throw new NotSupportedException("A load of events records no chunks.");

    private static void Measure(long events, string outcome) =>
        SettlementTelemetry.EventsLoaded.Add(events, new KeyValuePair<string, object?>("settlement.outcome", outcome));

    private static List<RejectedRow> WithConflicts(EventChunk chunk, IReadOnlyList<EventConflict> conflicts)
    {
        if (conflicts.Count == 0)
            return chunk.Rejected;

        var rows = new List<RejectedRow>(chunk.Rejected.Count + conflicts.Count);
        rows.AddRange(chunk.Rejected);
        foreach (var conflict in conflicts)
        {
            var sent = chunk.Batch[conflict.Index];
            var number = chunk.Batch.RowNumber(conflict.Index);
            var row = RejectedRow.From(number, EventText.Conflict(sent, conflict.Stored), EventText.Row(sent));
            rows.Add(new RejectedRow(row) { LineNumber = chunk.LineOf(number) });
        }

        rows.Sort(static (one, other) => one.RowNumber.CompareTo(other.RowNumber));
        return rows;
    }
}
