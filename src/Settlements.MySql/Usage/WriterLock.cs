using Dapper;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>
/// The lock between writers of events and a close: rows of <c>writer_locks</c>, of which a writer locks one (shared), and a close all
/// (exclusive).
/// </summary>
internal static class WriterLock
{
    /// <summary>The number of lock rows, over which concurrent writers are distributed.</summary>
    public const int Count = 16;

    /// <summary>
    /// Returns the locking clause of a writer: shared, so that an open transaction blocks only a close. TiDB has no shared row locks;
    /// there, writers of the same row wait for each other.
    /// </summary>
    public static string SharedClause(MySqlConnection connection) =>
        connection.ServerVersion.Contains("TiDB", StringComparison.Ordinal) ? "FOR UPDATE" : "LOCK IN SHARE MODE";

    /// <summary>Acquires the lock shared: no day starts closing before the transaction ends.</summary>
    public static Task AcquireSharedAsync(MySqlConnection connection, MySqlTransaction transaction, CancellationToken cancellationToken) =>
        connection.ExecuteScalarAsync<int>(new CommandDefinition(
            $"SELECT slot FROM writer_locks WHERE slot = @slot {SharedClause(connection)}", new { slot = connection.ServerThread % Count },
            transaction,
            cancellationToken: cancellationToken));

    /// <summary>
    /// Acquires the lock exclusively: waits for active writers, and blocks new ones. Must be the first statement of its transaction.
    /// </summary>
    /// <exception cref="MySqlStoreException">A writer's transaction was open for longer than
    /// <see cref="MySqlStoreOptions.WriterWaitMax"/>.</exception>
    public static Task AcquireExclusiveAsync(
        MySqlDatabase database, MySqlConnection connection, MySqlTransaction transaction, CancellationToken cancellationToken) =>
        WriterLockWait.AcquireExclusiveAsync(database, connection, transaction, cancellationToken);

    /// <summary>
    /// The statement that records the end of the last day that is closing or published, for writers. The close that executes it, together
    /// with its change of <c>business_days</c>, holds the lock exclusively.
    /// </summary>
    public const string SetClosed = "UPDATE writer_locks SET closed_until = @endsAt, open_day = DATE_ADD(@day, INTERVAL 1 DAY)";

    /// <summary>The statement that records that no day remains.</summary>
    public const string SetNoneClosed = "UPDATE writer_locks SET closed_until = NULL, open_day = NULL";
}
