using Dapper;
using MySqlConnector;
using Settlement.BillableEvents;
using Settlement.Calendars;
using Settlement.MySql.Connections;

namespace Settlement.MySql.BillableEvents;

/// <summary>What a writer of events knows while it holds its gate: no day begins to close, and the table's form doesn't change, before its commit.</summary>
/// <param name="ClosedUntil">Events from before it, in microseconds since 1970, are late.</param>
/// <param name="OpenDay">The day that counts the late ones.</param>
/// <param name="HasIdsApart">Whether ids are kept in <c>event_ids</c>.</param>
/// <param name="DroppingBefore">Events from before it can't be stored just now.</param>
/// <param name="SqlMode">The session's.</param>
/// <param name="Database">Where the gate stands.</param>
internal sealed record WriterGate(long ClosedUntil, DateOnly OpenDay, bool HasIdsApart, long DroppingBefore, string SqlMode, string Database)
{
    /// <summary>The savepoint before anything is written.</summary>
    public const string Savepoint = "settlement_events";

    public static async Task<WriterGate> EnterAsync(MySqlConnection connection, MySqlTransaction transaction, CancellationToken cancellationToken)
    {
        // One round trip for all. The second statement sees what is committed once the first one holds its lock.
        var all = await connection.QueryMultipleAsync(new CommandDefinition(
            """
            SELECT ids_apart + 0, dropping_before, @@sql_mode, database() FROM writer_gates WHERE gate = @gate FOR UPDATE;
            SELECT day, ends_at FROM business_days ORDER BY day DESC LIMIT 1;
            SAVEPOINT settlement_events
            """,
            new { gate = connection.ServerThread % Gates.Count }, transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);
        await using var _ = all.ConfigureAwait(false);
        var (idsApart, droppingBefore, sqlMode, place) = await all.ReadSingleAsync<(long IdsApart, DateTime? DroppingBefore, string SqlMode, string Place)>().ConfigureAwait(false);
        var (day, endsAt) = await all.ReadSingleOrDefaultAsync<(DateTime? Day, DateTime EndsAt)>().ConfigureAwait(false);
        return new WriterGate(
            day is null ? long.MinValue : UnixMicroseconds.From(Sql.Instant(endsAt)), day is null ? default : Sql.Day(day.Value).AddDays(1),
            idsApart == 1, droppingBefore is { } before ? UnixMicroseconds.From(Sql.Instant(before)) : long.MinValue, sqlMode, place);
    }

    /// <summary>A row that came into a partition while it is dropped would be lost.</summary>
    public void RefuseDropping(EventBatch batch, string place)
    {
        for (var i = 0; DroppingBefore > long.MinValue && i < batch.Count; i++)
        {
            if (batch.OccurredAt(i) < DroppingBefore)
            {
                throw new MySqlStoreException(
                    $"{place}: events before {UnixMicroseconds.ToInstant(DroppingBefore):O} can't be stored just now, since their partitions are being dropped. "
                    + "Load them again later; when this goes on, drop the partitions once more, which ends it.", isTransient: true);
            }
        }
    }
}
