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
        // One round trip. A locking read returns what was committed when the lock was acquired.
        var (usesEventIdTable, droppingBefore, closedUntil, openDay, sqlMode) = await connection.QuerySingleAsync<(
            long UsesEventIdTable, DateTime? DroppingBefore, DateTime? ClosedUntil, DateTime? OpenDay, string SqlMode)>(
            new CommandDefinition(
                $"""
                SELECT uses_event_id_table + 0, dropping_before, closed_until, open_day, @@sql_mode FROM {Qualifier(database)}writer_locks
                    WHERE slot = @slot {WriterLock.SharedClause(connection)};
                SAVEPOINT settlement_events
                """,
                new { slot = connection.ServerThread % WriterLock.Count }, transaction, cancellationToken: cancellationToken))
                .ConfigureAwait(false);
        return new WriterLockState(
            Microseconds(closedUntil), openDay is { } day ? Sql.Day(day) : default, usesEventIdTable == 1, Microseconds(droppingBefore),
            sqlMode, database);
    }

    private static long Microseconds(DateTime? instant) =>
        instant is { } value ? UnixMicroseconds.From(Sql.Instant(value)) : long.MinValue;

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
