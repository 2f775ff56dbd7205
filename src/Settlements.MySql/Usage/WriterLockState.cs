using Dapper;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>
/// The state that a writer of events reads with its shared lock. Until its commit no day starts closing, and the table's partitioning
/// doesn't change.
/// </summary>
/// <param name="ClosedUntil">The instant before which events are late, in microseconds since 1970-01-01T00:00:00Z.</param>
/// <param name="OpenDay">The first open day, to which late events are posted.</param>
/// <param name="UsesEventIdTable">Whether ids are stored in <c>event_ids</c>.</param>
/// <param name="DroppingBefore">The instant before which events are refused while partitions are dropped, in microseconds since
/// 1970.</param>
/// <param name="SqlMode">The sql_mode of the connection session.</param>
/// <param name="Database">The store's database, for the caller's connection; null for the connection's database.</param>
internal sealed record WriterLockState(
    long ClosedUntil, DateOnly OpenDay, bool UsesEventIdTable, long DroppingBefore, string SqlMode, string? Database)
{
    /// <summary>The savepoint before anything is written.</summary>
    public const string Savepoint = "settlement_events";

    /// <summary>The qualifier of the store's tables in statements.</summary>
    public string Prefix => Qualifier(Database);

    /// <summary>Acquires the lock shared, reads the state and sets the savepoint.</summary>
    /// <param name="connection">The store's or the caller's connection.</param>
    /// <param name="transaction">Its active transaction.</param>
    /// <param name="database">The store's database, for the caller's connection; null for the connection's database.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public static async Task<WriterLockState> AcquireAsync(
        MySqlConnection connection, MySqlTransaction transaction, string? database, CancellationToken cancellationToken)
    {
        // All in one round trip. The second statement sees everything committed when the first one acquired its lock.
        var all = await connection.QueryMultipleAsync(new CommandDefinition(
            $"""
            SELECT uses_event_id_table + 0, dropping_before, @@sql_mode FROM {Qualifier(database)}writer_locks
                WHERE slot = @slot {WriterLock.SharedClause(connection)};
            SELECT day, ends_at FROM {Qualifier(database)}business_days ORDER BY day DESC LIMIT 1;
            SAVEPOINT settlement_events
            """,
            new { slot = connection.ServerThread % WriterLock.Count }, transaction, cancellationToken: cancellationToken))
                .ConfigureAwait(false);
        await using var _ = all.ConfigureAwait(false);
        var (usesEventIdTable, droppingBefore, sqlMode) = await all.ReadSingleAsync<(
            long UsesEventIdTable, DateTime? DroppingBefore, string SqlMode)>().ConfigureAwait(false);
        var (day, endsAt) = await all.ReadSingleOrDefaultAsync<(DateTime? Day, DateTime EndsAt)>().ConfigureAwait(false);
        return new WriterLockState(
            day is null ? long.MinValue : UnixMicroseconds.From(Sql.Instant(endsAt)), day is null ? default : Sql.Day(day.Value).AddDays(1),
            usesEventIdTable == 1, droppingBefore is { } before ? UnixMicroseconds.From(Sql.Instant(before)) : long.MinValue, sqlMode,
            database);
    }

    private static string Qualifier(string? database) => database is null ? "" : $"{Sql.Name(database)}.";

    /// <summary>Throws if a batch has events of partitions that are being dropped, since they would be lost.</summary>
    public void RefuseDropping(EventBatch batch, string location)
    {
        for (var i = 0; DroppingBefore > long.MinValue && i < batch.Count; i++)
        {
            if (batch.OccurredAt(i) < DroppingBefore)
            {
                throw new MySqlStoreException(
                    $"{location}: events before {UnixMicroseconds.ToInstant(DroppingBefore):O} can't be stored while their partitions are "
                    + "being dropped. Load them again later; if the error persists, drop the partitions "
                    + "again, which completes an interrupted drop.",
                    isTransient: true);
            }
        }
    }
}
