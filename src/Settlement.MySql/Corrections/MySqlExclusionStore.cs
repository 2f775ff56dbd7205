using System.Data.Common;
using System.Runtime.CompilerServices;
using Dapper;
using MySqlConnector;
using Settlement.Calendars;
using Settlement.Corrections;
using Settlement.MySql.Connections;

namespace Settlement.MySql.Corrections;

/// <summary>Excluded events of the library's table, and excluded sums.</summary>
internal sealed class MySqlExclusionStore(MySqlDatabase database) : IExclusionStore
{
    private const string EventColumns = "e.event_id, e.occurred_at, e.meter, e.item_id, e.payee_id, e.quantity, x.proposal_id";

    /// <summary>Ids in one statement.</summary>
    private const int IdsPerStatement = 1_000;

    private static readonly BulkTable Events = new("excluded_events", [
        new("event_id", IsBinary: true), new("exclusion_event_id", IsBinary: true), new("proposal_id")]);

    private static readonly BulkTable Entries = BulkTable.Of(
        "exclusion_entries", "proposal_id", "usage_date", "meter", "item_id", "payee_id", "quantity", "events");

    private readonly BulkInsert _bulk = new(database.Server, database.Place, database.Options.CommandTimeout);

    public Task<IReadOnlyList<ExcludedUsage>> ListBySourcesAsync(DateOnly usageDate, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            // What a reinstatement put back is excluded no longer.
            var rows = await connection.QueryAsync<(string Meter, string ItemId, string PayeeId, decimal Quantity, decimal Events)>(new CommandDefinition(
                $"""
                SELECT {Rows.Text("s.meter")}, {Rows.Text("s.item_id")}, {Rows.Text("s.payee_id")}, s.quantity, s.events
                FROM (SELECT e.meter, e.item_id, e.payee_id, sum(IF(p.kind = 'exclusion', e.quantity, -e.quantity)) AS quantity,
                             sum(IF(p.kind = 'exclusion', e.events, -e.events)) AS events
                      FROM exclusion_entries e JOIN proposals p ON p.proposal_id = e.proposal_id
                      WHERE e.usage_date = @day AND p.kind IN ('exclusion', 'reinstatement') AND p.state IN ('approved', 'done')
                      GROUP BY e.meter, e.item_id, e.payee_id) AS s
                WHERE s.quantity <> 0 OR s.events <> 0 ORDER BY s.meter, s.item_id, s.payee_id
                """,
                new { day = Sql.Day(usageDate) }, cancellationToken: cancellationToken)).ConfigureAwait(false);
            return (IReadOnlyList<ExcludedUsage>)[.. rows.Select(r => new ExcludedUsage(
                usageDate, r.Meter, r.ItemId, r.PayeeId, (long)r.Quantity, (long)r.Events))];
        },
        cancellationToken);

    public async IAsyncEnumerable<MatchedEvent> MatchAsync(
        UtcRange range, UsageFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var wanted = filter.EventIds.ToHashSet();
        var connection = await database.OpenReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);

        // Events that exclude or reinstate others have the proposal as their reference. Lists of any length are matched here, not in the statement.
        var reader = (MySqlDataReader)await connection.ExecuteReaderAsync(new CommandDefinition(
            $"""
            SELECT {EventColumns}
            FROM billable_events e LEFT JOIN excluded_events x ON x.event_id = e.event_id
            WHERE e.occurred_at >= @start AND e.occurred_at < @end
              AND (e.reference IS NULL OR e.reference NOT IN
                   (SELECT concat(kind, ':', CAST(proposal_id AS CHAR)) FROM proposals WHERE kind IN ('exclusion', 'reinstatement')))
              {(filter.Reference is null ? "" : "AND e.reference = @Reference")}
            ORDER BY e.occurred_at, e.event_id
            """,
            new { start = Sql.Instant(range.Start), end = Sql.Instant(range.End), filter.Reference }, cancellationToken: cancellationToken))
            .ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var one = Read(reader);
            if ((wanted.Count == 0 || wanted.Contains(one.EventId)) && filter.Matches(one.Meter, one.ItemId, one.PayeeId))
                yield return one;
        }
    }

    public Task AddEventsAsync(
        DbTransaction transaction, long proposalId, IReadOnlyList<ExcludedEvent> events, CancellationToken cancellationToken)
    {
        // A chunk is posted again only after its transaction was rolled back.
        var rows = new ListRows<ExcludedEvent>(events, (row, one) =>
        {
            row.Bytes8(one.EventId.ToByteArray(bigEndian: true));
            row.Bytes8(one.ExclusionEventId.ToByteArray(bigEndian: true));
        });
        return _bulk.WriteAllAsync(
            (MySqlConnection)transaction.Connection!, (MySqlTransaction)transaction, Events.With(("proposal_id", Sql.Literal(proposalId))), rows,
            events.Count, cancellationToken);
    }

    public async IAsyncEnumerable<(ExcludedEvent Excluded, MatchedEvent Event)> ListEventsAsync(
        long proposalId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var connection = await database.OpenReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);

        // By instant: events that have partitions have no key that begins with the id.
        var events = await connection.ExecuteScalarAsync<int>(new CommandDefinition(
            "SELECT max(ids_apart) FROM writer_gates", cancellationToken: cancellationToken)).ConfigureAwait(false) == 0
            ? "billable_events e ON e.event_id = x.event_id"
            : "event_ids i ON i.event_id = x.event_id STRAIGHT_JOIN billable_events e ON e.occurred_at = i.occurred_at AND e.event_id = i.event_id";
        var reader = (MySqlDataReader)await connection.ExecuteReaderAsync(new CommandDefinition(
            $"""
            SELECT {EventColumns}, x.exclusion_event_id FROM excluded_events x STRAIGHT_JOIN {events}
            WHERE x.proposal_id = @proposalId ORDER BY e.occurred_at, e.event_id
            """,
            new { proposalId }, cancellationToken: cancellationToken)).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var one = Read(reader);
            yield return (new ExcludedEvent(one.EventId, ReadId(reader, 7)), one);
        }
    }

    public async Task RemoveEventsAsync(DbTransaction transaction, IReadOnlyList<Guid> events, CancellationToken cancellationToken)
    {
        foreach (var some in events.Chunk(IdsPerStatement))
        {
            var ids = string.Join(", ", some.Select(id => $"X'{Convert.ToHexString(id.ToByteArray(bigEndian: true))}'"));
            await transaction.Connection!.ExecuteAsync(new CommandDefinition(
                $"DELETE FROM excluded_events WHERE event_id IN ({ids})", transaction: transaction, cancellationToken: cancellationToken))
                .ConfigureAwait(false);
        }
    }

    public Task AddEntriesAsync(
        DbTransaction transaction, long proposalId, IReadOnlyList<ExcludedUsage> entries, CancellationToken cancellationToken)
    {
        var rows = new ListRows<ExcludedUsage>(entries, (row, entry) =>
        {
            row.Day(entry.UsageDate);
            row.Text(entry.Meter);
            row.Text(entry.ItemId);
            row.Text(entry.PayeeId);
            row.Int64(entry.Quantity);
            row.Int64(entry.Events);
        });
        return _bulk.WriteAllAsync(
            (MySqlConnection)transaction.Connection!, (MySqlTransaction)transaction, Entries.With(("proposal_id", Sql.Literal(proposalId))), rows,
            entries.Count, cancellationToken);
    }

    public Task<IReadOnlyList<ExcludedUsage>> ListEntriesAsync(long proposalId, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            var rows = await connection.QueryAsync<(DateTime UsageDate, string Meter, string ItemId, string PayeeId, long Quantity, long Events)>(
                new CommandDefinition(
                    $"""
                    SELECT usage_date, {Rows.Text("meter")}, {Rows.Text("item_id")}, {Rows.Text("payee_id")}, quantity, events
                    FROM exclusion_entries WHERE proposal_id = @proposalId
                    ORDER BY usage_date, exclusion_entries.meter, exclusion_entries.item_id, exclusion_entries.payee_id
                    """,
                    new { proposalId }, cancellationToken: cancellationToken)).ConfigureAwait(false);
            return (IReadOnlyList<ExcludedUsage>)[.. rows.Select(r => new ExcludedUsage(
                Sql.Day(r.UsageDate), r.Meter, r.ItemId, r.PayeeId, r.Quantity, r.Events))];
        },
        cancellationToken);

    private static MatchedEvent Read(MySqlDataReader reader) => new(
        ReadId(reader, 0), Sql.Instant(reader.GetDateTime(1)), reader.Text(2), reader.Text(3), reader.Text(4), reader.GetInt64(5),
        reader.IsDBNull(6) ? null : reader.GetInt64(6));

    private static Guid ReadId(MySqlDataReader reader, int column)
    {
        Span<byte> id = stackalloc byte[16];
        reader.Bytes(column, id);
        return new Guid(id, bigEndian: true);
    }
}
