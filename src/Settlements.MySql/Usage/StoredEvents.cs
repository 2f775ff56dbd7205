using Dapper;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Looks up the events of a batch by id, in groups of 1,000.</summary>
internal sealed class StoredEvents(MySqlConnection connection, MySqlTransaction transaction, WriterLockState writerLock)
{
    private const int IdsPerStatement = 1_000;

    /// <summary>The table with the unique ids: <c>event_ids</c> if the event table is partitioned.</summary>
    private string Table => writerLock.Prefix + (writerLock.UsesEventIdTable ? "event_ids" : "usage_events");

    private string Events => writerLock.UsesEventIdTable
        ? $"{writerLock.Prefix}event_ids i STRAIGHT_JOIN {writerLock.Prefix}usage_events e ON e.occurred_at = "
            + "i.occurred_at AND e.event_id = i.event_id"
        : $"{writerLock.Prefix}usage_events e";

    private string Id => writerLock.UsesEventIdTable ? "i.event_id" : "e.event_id";

    /// <summary>
    /// Returns the events whose id is stored with other content, in the order of the batch; at most one more than the maximum.
    /// </summary>
    public async Task<List<EventConflict>> FindConflictsAsync(EventBatch batch, int conflictsMax, CancellationToken cancellationToken)
    {
        var conflicts = new List<EventConflict>();
        foreach (var some in Enumerable.Range(0, batch.Count).Chunk(IdsPerStatement))
        {
            var stored = await ReadAsync(batch, some, cancellationToken).ConfigureAwait(false);
            foreach (var i in some)
            {
                if (stored.TryGetValue(batch.EventId(i), out var one))
                {
                    if (one != batch[i])
                        conflicts.Add(new EventConflict(i, one));
                    if (conflicts.Count > conflictsMax)
                        return conflicts;
                }
                else if (!writerLock.UsesEventIdTable)
                {
                    throw new InvalidOperationException(
                        $"Event {batch.EventId(i)} was neither stored nor found. The database may be damaged: run CHECK TABLE "
                            + $"usage_events.");
                }

                // Otherwise its partition was dropped: the event was already counted, and only its id remains.
            }
        }

        return conflicts;
    }

    /// <summary>Returns the positions of the events whose id is not stored; for a repeated id, the first position.</summary>
    public async Task<List<int>> FindNewAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        var positions = new List<int>(batch.Count);
        var seen = new HashSet<Guid>(batch.Count);
        foreach (var some in Enumerable.Range(0, batch.Count).Chunk(IdsPerStatement))
        {
            var known = await connection.QueryAsync<byte[]>(new CommandDefinition(
                $"SELECT event_id FROM {Table} WHERE event_id IN ({Ids(batch, some)})", transaction: transaction,
                cancellationToken: cancellationToken))
                .ConfigureAwait(false);
            seen.UnionWith(known.Select(id => new Guid(id, bigEndian: true)));
            positions.AddRange(some.Where(i => seen.Add(batch.EventId(i))));
        }

        return positions;
    }

    /// <summary>
    /// Returns whether all given events of a batch are stored, by any writer; waits for transactions that may be storing them.
    /// </summary>
    public async Task<bool> HasAllAsync(EventBatch batch, IReadOnlyList<int> positions, CancellationToken cancellationToken)
    {
        foreach (var some in positions.Chunk(IdsPerStatement))
        {
            var found = await connection.QueryAsync<byte[]>(new CommandDefinition(
                $"SELECT event_id FROM {Table} WHERE event_id IN ({Ids(batch, some)}) FOR UPDATE", transaction: transaction,
                cancellationToken: cancellationToken)).ConfigureAwait(false);
            if (found.Count() != some.Length)
                return false;
        }

        return true;
    }

    /// <summary>Records the late events of a batch that was just stored, and returns the number of new ones.</summary>
    public async Task<int> RecordLateAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        var recorded = 0;
        foreach (var some in Enumerable.Range(0, batch.Count)
            .Where(i => batch.OccurredAt(i) < writerLock.ClosedUntil).Chunk(IdsPerStatement))
        {
            // Events stored while their day was open have no posting_date; events already recorded are skipped.
            recorded += await connection.ExecuteAsync(new CommandDefinition(
                $"""
                INSERT IGNORE INTO {writerLock.Prefix}late_events (posting_date, occurred_at, event_id)
                SELECT e.posting_date, e.occurred_at, e.event_id FROM {Events}
                    WHERE {Id} IN ({Ids(batch, some)}) AND e.posting_date = {Sql.Literal(writerLock.OpenDay)}
                """,
                transaction: transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);
        }

        return recorded;
    }

    /// <summary>Adds the index rows of a batch's events that have a reason or a reference; existing rows are kept.</summary>
    public async Task AddNotesAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        if (!batch.HasNotes)
            return;

        // From the stored events, not from the batch: in a conflict the stored content is valid.
        foreach (var some in Enumerable.Range(0, batch.Count).Where(batch.HasNote).Chunk(IdsPerStatement))
        {
            await connection.ExecuteAsync(new CommandDefinition(
                $"""
                INSERT IGNORE INTO {writerLock.Prefix}event_notes (meter, item_id, occurred_at, event_id)
                SELECT e.meter, e.item_id, e.occurred_at, e.event_id FROM {Events}
                WHERE {Id} IN ({Ids(batch, some)}) AND (e.reason IS NOT NULL OR e.reference IS NOT NULL)
                """,
                transaction: transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);
        }
    }

    private static string Ids(EventBatch batch, IEnumerable<int> positions) => string.Join(
        ',', positions.Select(i => $"X'{Convert.ToHexString(batch.EventId(i).ToByteArray(bigEndian: true))}'"));

    private async Task<Dictionary<Guid, UsageEvent>> ReadAsync(EventBatch batch, int[] positions, CancellationToken cancellationToken)
    {
        var stored = new Dictionary<Guid, UsageEvent>(positions.Length);
        var reader = await connection.ExecuteReaderAsync(new CommandDefinition(
            $"SELECT e.event_id, e.occurred_at, e.meter, e.item_id, e.payee_id, e.quantity, e.reason, e.reference FROM {Events} WHERE "
                + $"{Id} IN ({Ids(batch, positions)})",
            transaction: transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);
        await using var _ = reader.ConfigureAwait(false);
        var id = new byte[16];
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            reader.GetBytes(0, 0, id, 0, id.Length);
            var eventId = new Guid(id, bigEndian: true);
            stored.Add(eventId, new UsageEvent(
                eventId, UnixMicroseconds.ToInstant(UnixMicroseconds.From(Sql.Instant(reader.GetDateTime(1)))), reader.Text(2),
                reader.Text(3),
                reader.Text(4), reader.GetInt64(5))
            {
                Reason = reader.IsDBNull(6) ? null : reader.Text(6),
                Reference = reader.IsDBNull(7) ? null : reader.Text(7),
            });
        }

        return stored;
    }
}
