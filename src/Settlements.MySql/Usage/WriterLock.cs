using Dapper;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>The rows that stand between writers of events and a close.</summary>
internal static class WriterLock
{
    /// <summary>How many there are: writers at a time meet at the same one only when there are more of them.</summary>
    public const int Count = 16;

    /// <summary>
    /// How a writer locks its gate: shared, so that a transaction that stays open holds up a close alone. TiDB has no shared row locks; there, writers
    /// of the same gate wait for each other.
    /// </summary>
    public static string LockOfWriter(MySqlConnection connection) =>
        connection.ServerVersion.Contains("TiDB", StringComparison.Ordinal) ? "FOR UPDATE" : "LOCK IN SHARE MODE";

    /// <summary>Holds one gate: no day begins to close before the transaction ends.</summary>
    public static Task EnterAsync(MySqlConnection connection, MySqlTransaction transaction, CancellationToken cancellationToken) =>
        connection.ExecuteScalarAsync<int>(new CommandDefinition(
            $"SELECT gate FROM writer_locks WHERE gate = @gate {LockOfWriter(connection)}", new { gate = connection.ServerThread % Count }, transaction,
            cancellationToken: cancellationToken));

    /// <summary>Holds all gates: waits for the writers under way, and holds off those that come. First thing in its transaction.</summary>
    /// <exception cref="MySqlStoreException">A writer's transaction was open for longer than <see cref="MySqlStoreOptions.WriterWaitMax"/>.</exception>
    public static Task CloseAllAsync(MySqlDatabase database, MySqlConnection connection, MySqlTransaction transaction, CancellationToken cancellationToken) =>
        WriterLockWait.CloseAllAsync(database, connection, transaction, cancellationToken);
}
