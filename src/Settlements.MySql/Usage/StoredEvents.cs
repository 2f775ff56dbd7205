using Dapper;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Looks the events of a batch up by their ids, some at a time.</summary>
internal sealed class StoredEvents(MySqlConnection connection, MySqlTransaction transaction, WriterLockState gate)
{
    private const int IdsPerStatement = 1_000;

    /// <summary>The table that is unique by id; joined to the events where that is another one.</summary>
    private string Table => gate.In + (gate.UsesEventIdTable ? "event_ids" : "usage_events");

    private string Events => gate.UsesEventIdTable
        ? $"{gate.In}event_ids i STRAIGHT_JOIN {gate.In}usage_events e ON e.occurred_at = i.occurred_at AND e.event_id = i.event_id"
        : $"{gate.In}usage_events e";

    private string Id => gate.UsesEventIdTable ? "i.event_id" : "e.event_id";

    /// <summary>The events whose id is stored with another content: the first so many and one more, in the order of the batch.</summary>
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
                else if (!gate.UsesEventIdTable)
                {
                    throw new InvalidOperationException(
                        $"Event {batch.EventId(i)} was neither stored nor found. The database may be damaged: run CHECK TABLE usage_events.");
                }

                // Otherwise its partition was dropped: it counted, and all that is left of it is its id.
            }
        }

        return conflicts;
    }

    /// <summary>The places of the events whose id is not known; of the same id twice, the first.</summary>
    public async Task<List<int>> FindNewAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        var places = new List<int>(batch.Count);
        var seen = new HashSet<Guid>(batch.Count);
        foreach (var some in Enumerable.Range(0, batch.Count).Chunk(IdsPerStatement))
        {
            var known = await connection.QueryAsync<byte[]>(new CommandDefinition(
                $"SELECT event_id FROM {Table} WHERE event_id IN ({Ids(batch, some)})", transaction: transaction, cancellationToken: cancellationToken))
                .ConfigureAwait(false);
            seen.UnionWith(known.Select(id => new Guid(id, bigEndian: true)));
            places.AddRange(some.Where(i => seen.Add(batch.EventId(i))));
        }

        return places;
    }

    /// <summary>Whether some events of a batch are all stored, by whomever; waits for transactions that may be storing them now.</summary>
    public async Task<bool> HasAllAsync(EventBatch batch, IReadOnlyList<int> places, CancellationToken cancellationToken)
    {
        foreach (var some in places.Chunk(IdsPerStatement))
        {
            var found = await connection.QueryAsync<byte[]>(new CommandDefinition(
                $"SELECT event_id FROM {Table} WHERE event_id IN ({Ids(batch, some)}) FOR UPDATE", transaction: transaction,
                cancellationToken: cancellationToken)).ConfigureAwait(false);
            if (found.Count() != some.Length)
                return false;
        }

        return true;
    }

    /// <summary>Notes the late events of a batch that was just stored, and says how many are new.</summary>
    public async Task<int> NoteLateAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        var noted = 0;
        foreach (var some in Enumerable.Range(0, batch.Count).Where(i => batch.OccurredAt(i) < gate.ClosedUntil).Chunk(IdsPerStatement))
        {
            // What was stored while its day was open has no posting_date; what is noted already is passed over.
            noted += await connection.ExecuteAsync(new CommandDefinition(
                $"""
                INSERT IGNORE INTO {gate.In}late_events (posting_date, occurred_at, event_id)
                SELECT e.posting_date, e.occurred_at, e.event_id FROM {Events} WHERE {Id} IN ({Ids(batch, some)}) AND e.posting_date = {Sql.Literal(gate.OpenDay)}
                """,
                transaction: transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);
        }

        return noted;
    }

    /// <summary>Adds the index rows of the events of a batch that have a reason or a reference; what is there already stays.</summary>
    public async Task AddNotesAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        if (!batch.HasNotes)
            return;

        // From the stored events, not from the batch: of a conflict the stored content counts.
        foreach (var some in Enumerable.Range(0, batch.Count).Where(batch.HasNote).Chunk(IdsPerStatement))
        {
            await connection.ExecuteAsync(new CommandDefinition(
                $"""
                INSERT IGNORE INTO {gate.In}event_notes (meter, item_id, occurred_at, event_id)
                SELECT e.meter, e.item_id, e.occurred_at, e.event_id FROM {Events}
                WHERE {Id} IN ({Ids(batch, some)}) AND (e.reason IS NOT NULL OR e.reference IS NOT NULL)
                """,
                transaction: transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);
        }
    }

    private static string Ids(EventBatch batch, IEnumerable<int> places) => string.Join(
        ',', places.Select(i => $"X'{Convert.ToHexString(batch.EventId(i).ToByteArray(bigEndian: true))}'"));

    private async Task<Dictionary<Guid, UsageEvent>> ReadAsync(EventBatch batch, int[] places, CancellationToken cancellationToken)
    {
        var stored = new Dictionary<Guid, UsageEvent>(places.Length);
        var reader = await connection.ExecuteReaderAsync(new CommandDefinition(
            $"SELECT e.event_id, e.occurred_at, e.meter, e.item_id, e.payee_id, e.quantity, e.reason, e.reference FROM {Events} WHERE {Id} IN ({Ids(batch, places)})",
            transaction: transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);
        await using var _ = reader.ConfigureAwait(false);
        var id = new byte[16];
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            reader.GetBytes(0, 0, id, 0, id.Length);
            var eventId = new Guid(id, bigEndian: true);
            stored.Add(eventId, new UsageEvent(
                eventId, UnixMicroseconds.ToInstant(UnixMicroseconds.From(Sql.Instant(reader.GetDateTime(1)))), reader.Text(2), reader.Text(3),
                reader.Text(4), reader.GetInt64(5))
            {
                Reason = reader.IsDBNull(6) ? null : reader.Text(6),
                Reference = reader.IsDBNull(7) ? null : reader.Text(7),
            });
        }

        return stored;
    }
}
