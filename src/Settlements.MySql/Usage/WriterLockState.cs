using Dapper;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>What a writer of events knows while it holds its gate: no day begins to close, and the table's form doesn't change, before its commit.</summary>
/// <param name="ClosedUntil">Events from before it, in microseconds since 1970, are late.</param>
/// <param name="OpenDay">The day that counts the late ones.</param>
/// <param name="UsesEventIdTable">Whether ids are kept in <c>event_ids</c>.</param>
/// <param name="DroppingBefore">Events from before it can't be stored just now.</param>
/// <param name="SqlMode">The session's.</param>
/// <param name="Database">The store's, on a connection of somebody else's; null for the connection's own.</param>
internal sealed record WriterLockState(long ClosedUntil, DateOnly OpenDay, bool UsesEventIdTable, long DroppingBefore, string SqlMode, string? Database)
{
    /// <summary>The savepoint before anything is written.</summary>
    public const string Savepoint = "settlement_events";

    /// <summary>What a statement puts before the name of a table of ours.</summary>
    public string In => Before(Database);

    /// <param name="connection">Of the store, or of somebody else.</param>
    /// <param name="transaction">Under way on it.</param>
    /// <param name="database">The store's, where the connection is somebody else's; null for the connection's own.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public static async Task<WriterLockState> EnterAsync(
        MySqlConnection connection, MySqlTransaction transaction, string? database, CancellationToken cancellationToken)
    {
        // One round trip for all. The second statement sees what is committed once the first one holds its lock.
        var all = await connection.QueryMultipleAsync(new CommandDefinition(
            $"""
            SELECT ids_apart + 0, dropping_before, @@sql_mode FROM {Before(database)}writer_locks WHERE gate = @gate {WriterLock.LockOfWriter(connection)};
            SELECT day, ends_at FROM {Before(database)}business_days ORDER BY day DESC LIMIT 1;
            SAVEPOINT settlement_events
            """,
            new { gate = connection.ServerThread % WriterLock.Count }, transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);
        await using var _ = all.ConfigureAwait(false);
        var (idsApart, droppingBefore, sqlMode) = await all.ReadSingleAsync<(long IdsApart, DateTime? DroppingBefore, string SqlMode)>().ConfigureAwait(false);
        var (day, endsAt) = await all.ReadSingleOrDefaultAsync<(DateTime? Day, DateTime EndsAt)>().ConfigureAwait(false);
        return new WriterLockState(
            day is null ? long.MinValue : UnixMicroseconds.From(Sql.Instant(endsAt)), day is null ? default : Sql.Day(day.Value).AddDays(1),
            idsApart == 1, droppingBefore is { } before ? UnixMicroseconds.From(Sql.Instant(before)) : long.MinValue, sqlMode, database);
    }

    private static string Before(string? database) => database is null ? "" : $"{Sql.Name(database)}.";

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
