using System.Data.Common;
using System.Runtime.CompilerServices;
using Dapper;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>The store of exclusions: excluded events of the library's table, and excluded sums of other sources.</summary>
internal sealed class MySqlExclusionStore(MySqlDatabase database) : IExclusionStore
{
    private const int EventsPerStatement = 1_000;

    private static readonly BulkTable Events = new("excluded_events", [
        new("event_id", IsBinary: true), new("exclusion_event_id", IsBinary: true), new("proposal_id")]);

    private static readonly BulkTable Entries = BulkTable.Of(
        "exclusion_entries", "proposal_id", "usage_date", "meter", "item_id", "payee_id", "quantity", "events");

    private readonly BulkInsert _bulk = new(database.Server, database.Location, database.Options.CommandTimeout);

    public Task<IReadOnlyList<ExcludedUsage>> ListBySourcesAsync(DateOnly usageDate, CancellationToken cancellationToken) => ListAsync(
        $"""
        SELECT s.usage_date, {Rows.Text("s.meter")}, {Rows.Text("s.item_id")}, {Rows.Text("s.payee_id")}, s.quantity, s.events
        FROM (SELECT e.usage_date, e.meter, e.item_id, e.payee_id, sum(IF(p.kind = 'exclusion', e.quantity, -e.quantity)) AS quantity,
                     sum(IF(p.kind = 'exclusion', e.events, -e.events)) AS events
              FROM exclusion_entries e JOIN proposals p ON p.proposal_id = e.proposal_id
              WHERE e.usage_date = @day AND p.kind IN ('exclusion', 'reinstatement') AND p.state IN ('approved', 'done')
              GROUP BY e.usage_date, e.meter, e.item_id, e.payee_id) AS s
        WHERE s.quantity <> 0 OR s.events <> 0 ORDER BY s.meter, s.item_id, s.payee_id
        """,
        new { day = Sql.Day(usageDate) }, cancellationToken);

    public Task<IReadOnlyList<ExcludedUsage>> ListEntriesAsync(long proposalId, CancellationToken cancellationToken) => ListAsync(
        $"""
        SELECT e.usage_date, {Rows.Text("e.meter")}, {Rows.Text("e.item_id")}, {Rows.Text("e.payee_id")}, CAST(e.quantity AS DECIMAL(20)),
               CAST(e.events AS DECIMAL(20))
        FROM exclusion_entries e WHERE e.proposal_id = @proposalId ORDER BY e.usage_date, e.meter, e.item_id, e.payee_id
        """,
        new { proposalId }, cancellationToken);

    public IAsyncEnumerable<MatchedEvent> MatchAsync(UtcRange range, UsageFilter filter, CancellationToken cancellationToken) =>
        ReadMatchesAsync(range, filter, cancellationToken).TranslateErrors(database.Location, cancellationToken);

    private async IAsyncEnumerable<MatchedEvent> ReadMatchesAsync(
        UtcRange range, UsageFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var connection = await database.OpenReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var reader = await connection.ExecuteReaderAsync(MatchingEvents.Select(range, filter, cancellationToken)).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            yield return MatchingEvents.Read(reader);
    }

    public Task AddEventsAsync(
        DbTransaction transaction, long proposalId, IReadOnlyList<ExcludedEvent> events, CancellationToken cancellationToken)
    {
        var rows = new ListRows<ExcludedEvent>(events, (row, one) =>
        {
            row.Binary(one.EventId.ToByteArray(bigEndian: true));
            row.Binary(one.ExclusionEventId.ToByteArray(bigEndian: true));
        });
        return _bulk.WriteAllAsync(
            (MySqlConnection)transaction.Connection!, (MySqlTransaction)transaction, Events.With(("proposal_id", Sql.Literal(proposalId))),
            rows, events.Count,
            useInsert: true, cancellationToken);
    }

    public IAsyncEnumerable<(ExcludedEvent Excluded, MatchedEvent Event)> ListEventsAsync(
        long proposalId, CancellationToken cancellationToken) =>
        ReadEventsAsync(proposalId, cancellationToken).TranslateErrors(database.Location, cancellationToken);

    private async IAsyncEnumerable<(ExcludedEvent Excluded, MatchedEvent Event)> ReadEventsAsync(
        long proposalId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var connection = await database.OpenReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var byId = await MatchingEvents.ByIdAsync(connection, cancellationToken).ConfigureAwait(false);
        var reader = await connection.ExecuteReaderAsync(new CommandDefinition(
            $"""
            SELECT {MatchingEvents.Columns}, x.exclusion_event_id FROM excluded_events x STRAIGHT_JOIN {byId}
            WHERE x.proposal_id = @proposalId ORDER BY e.occurred_at, e.event_id
            """,
            new { proposalId }, commandTimeout: 0, cancellationToken: cancellationToken)).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var one = MatchingEvents.Read(reader);
            yield return (new ExcludedEvent(one.EventId, MatchingEvents.Id(reader, 7)), one);
        }
    }

    public async Task RemoveEventsAsync(DbTransaction transaction, IReadOnlyList<Guid> events, CancellationToken cancellationToken)
    {
        foreach (var some in events.Chunk(EventsPerStatement))
        {
            await transaction.Connection!.ExecuteAsync(new CommandDefinition(
                $"DELETE FROM excluded_events WHERE event_id IN ({string.Join(',', some.Select(MatchingEvents.Literal))})",
                transaction: transaction,
                cancellationToken: cancellationToken)).ConfigureAwait(false);
        }
    }

    public Task AddEntriesAsync(
        DbTransaction transaction, long proposalId, IReadOnlyList<ExcludedUsage> entries, CancellationToken cancellationToken)
    {
        var rows = new ListRows<ExcludedUsage>(entries, (row, one) =>
        {
            row.Day(one.UsageDate);
            row.Text(one.Meter);
            row.Text(one.ItemId);
            row.Text(one.PayeeId);
            row.Int64(one.Quantity);
            row.Int64(one.Events);
        });
        return _bulk.WriteAllAsync(
            (MySqlConnection)transaction.Connection!, (MySqlTransaction)transaction,
            Entries.With(("proposal_id", Sql.Literal(proposalId))), rows,
            entries.Count, useInsert: true, cancellationToken);
    }

    private Task<IReadOnlyList<ExcludedUsage>> ListAsync(string sql, object parameters, CancellationToken cancellationToken) =>
        database.ReadAsync(
        async connection =>
        {
            var rows = await connection.QueryAsync<(
                DateTime UsageDate, string Meter, string ItemId, string PayeeId, decimal Quantity, decimal Events)>(
                new CommandDefinition(sql, parameters, cancellationToken: cancellationToken)).ConfigureAwait(false);
            return (IReadOnlyList<ExcludedUsage>)[.. rows.Select(r => new ExcludedUsage(
                Sql.Day(r.UsageDate), r.Meter, r.ItemId, r.PayeeId, (long)r.Quantity, (long)r.Events))];
        },
        cancellationToken);
}
