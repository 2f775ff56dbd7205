using Dapper;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>
/// Reads the events with a reason or a reference by the index table <c>event_notes</c>, since they are few among an item's events.
/// </summary>
internal static class NotedEvents
{
    public static async Task<IReadOnlyList<EventNote>> ListAsync(
        MySqlConnection connection, string meter, string itemId, string payeeId, UtcRange range, int countMax,
        CancellationToken cancellationToken)
    {
        var reader = await connection.ExecuteReaderAsync(new CommandDefinition(
            $"""
            SELECT e.event_id, e.occurred_at, e.quantity, e.posting_date, e.reason, e.reference
            FROM event_notes n STRAIGHT_JOIN usage_events e ON e.occurred_at = n.occurred_at AND e.event_id = n.event_id
            WHERE n.meter = {Sql.Literal(meter)} AND n.item_id = {Sql.Literal(itemId)} AND n.occurred_at >= @start AND n.occurred_at < @end
                AND e.payee_id = {Sql.Literal(payeeId)}
            ORDER BY n.occurred_at, n.event_id LIMIT {Sql.Literal(countMax)}
            """,
            new { start = Sql.Instant(range.Start), end = Sql.Instant(range.End) }, cancellationToken: cancellationToken))
                .ConfigureAwait(false);
        await using var _ = reader.ConfigureAwait(false);
        var notes = new List<EventNote>();
        var id = new byte[16];
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            reader.GetBytes(0, 0, id, 0, id.Length);
            notes.Add(new EventNote(
                new Guid(id, bigEndian: true), Sql.Instant(reader.GetDateTime(1)), reader.GetInt64(2),
                reader.IsDBNull(3) ? null : reader.Day(3), reader.IsDBNull(4)
                    ? null : reader.Text(4), reader.IsDBNull(5) ? null : reader.Text(5)));
        }

        return notes;
    }
}
