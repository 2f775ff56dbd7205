using System.Data.Common;
using Dapper;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Queries the events of the library's table that match a filter, in the order of their key.</summary>
internal static class MatchingEvents
{
    /// <summary>The columns that <see cref="Read"/> reads, which come first.</summary>
    public const string Columns = "e.event_id, e.occurred_at, e.meter, e.item_id, e.payee_id, e.quantity, x.proposal_id";

    /// <summary>Returns the query. It omits the corrections of exclusions and reinstatements, whose reference is the proposal.</summary>
    public static CommandDefinition Select(UtcRange range, UsageFilter filter, CancellationToken cancellationToken) => new(
        $"""
        SELECT {Columns} FROM usage_events e LEFT JOIN excluded_events x ON x.event_id = e.event_id
        WHERE e.occurred_at >= @start AND e.occurred_at < @end
          AND (e.reference IS NULL OR e.reference NOT IN (
               SELECT concat(p.kind, ':', p.proposal_id) FROM proposals p WHERE p.kind IN ('exclusion', 'reinstatement')))
          {(filter.Reference is { } reference ? $"AND e.reference = {Sql.Literal(reference)}" : "")}
          {In("e.meter", filter.Meters.Select(Sql.Literal))} {In("e.item_id", filter.ItemIds.Select(Sql.Literal))}
          {In("e.payee_id", filter.PayeeIds.Select(Sql.Literal))} {In("e.event_id", filter.EventIds.Select(Literal))}
        ORDER BY e.occurred_at, e.event_id
        """,
        new { start = Sql.Instant(range.Start), end = Sql.Instant(range.End) }, commandTimeout: 0, cancellationToken: cancellationToken);

    public static MatchedEvent Read(DbDataReader reader) => new(
        Id(reader, 0), Sql.Instant(reader.GetDateTime(1)), reader.Text(2), reader.Text(3), reader.Text(4), reader.GetInt64(5),
        reader.IsDBNull(6) ? null : reader.GetInt64(6));

    public static Guid Id(DbDataReader reader, int column)
    {
        Span<byte> id = stackalloc byte[16];
        reader.Bytes(column, id);
        return new Guid(id, bigEndian: true);
    }

    public static string Literal(Guid id) => $"X'{Convert.ToHexString(id.ToByteArray(bigEndian: true))}'";

    /// <summary>Returns the join that finds events by id: through <c>event_ids</c> if the event table is partitioned.</summary>
    public static async Task<string> ByIdAsync(MySqlConnection connection, CancellationToken cancellationToken) =>
        await connection.ExecuteScalarAsync<int>(new CommandDefinition(
            "SELECT max(uses_event_id_table) FROM writer_locks", cancellationToken: cancellationToken)).ConfigureAwait(false) == 1
            ? "event_ids i ON i.event_id = x.event_id STRAIGHT_JOIN usage_events e ON e.occurred_at = "
                + "i.occurred_at AND e.event_id = i.event_id"
            : "usage_events e ON e.event_id = x.event_id";

    private static string In(string column, IEnumerable<string> literals) =>
        string.Join(',', literals) is { Length: > 0 } list ? $"AND {column} IN ({list})" : "";
}
