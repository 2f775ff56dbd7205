using System.Globalization;
using Dapper;

namespace Settlements.MySql;

/// <summary>The transaction that blocks another one. Its statement is not included: it may contain data.</summary>
internal sealed record WriterLockHolder(long ConnectionId, string User, string Client, long OpenSeconds)
{
    public const string Unknown = "unknown, since the user lacks the PROCESS privilege";

    public const string UnknownRemedy =
        "The user may not see which transaction it is: GRANT PROCESS ON *.* TO the user, or look for the oldest transaction in "
        + "information_schema.innodb_trx, and commit or kill it.";

    private const string OfMariaDb = """
        SELECT b.trx_mysql_thread_id, coalesce(p.user, ''), coalesce(p.host, ''), timestampdiff(SECOND, b.trx_started, now())
        FROM information_schema.innodb_lock_waits w
        JOIN information_schema.innodb_trx r ON r.trx_id = w.requesting_trx_id
            JOIN information_schema.innodb_trx b ON b.trx_id = w.blocking_trx_id
        LEFT JOIN information_schema.processlist p ON p.id = b.trx_mysql_thread_id
        WHERE r.trx_mysql_thread_id = @waiting ORDER BY b.trx_state = 'LOCK WAIT', b.trx_started LIMIT 1
        """;

    private const string OfMySql = """
        SELECT b.trx_mysql_thread_id, coalesce(p.user, ''), coalesce(p.host, ''), timestampdiff(SECOND, b.trx_started, now())
        FROM performance_schema.data_lock_waits w
        JOIN information_schema.innodb_trx r ON r.trx_id = w.requesting_engine_transaction_id
        JOIN information_schema.innodb_trx b ON b.trx_id = w.blocking_engine_transaction_id
        LEFT JOIN information_schema.processlist p ON p.id = b.trx_mysql_thread_id
        WHERE r.trx_mysql_thread_id = @waiting ORDER BY b.trx_state = 'LOCK WAIT', b.trx_started LIMIT 1
        """;

    public string Remedy => string.Create(
        CultureInfo.InvariantCulture,
        $"The lock is held by {this}. Commit the transaction or roll it back, for example one of "
            + $"WriteAsync, or end it: KILL {ConnectionId}.");

    /// <summary>Finds the transaction that blocks a connection.</summary>
    /// <returns>Null if the user may not see it, or the wait is over.</returns>
    public static async Task<WriterLockHolder?> FindAsync(MySqlDatabase database, int waiting, CancellationToken cancellationToken)
    {
        try
        {
            return await database.ReadAsync(
                async connection =>
                {
                    var isMariaDb = connection.ServerVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);
                    var (id, user, client, seconds) = await connection.QuerySingleOrDefaultAsync<(
                        ulong? Id, string User, string Client, long Seconds)>(new CommandDefinition(
                        isMariaDb ? OfMariaDb : OfMySql, new { waiting }, cancellationToken: cancellationToken)).ConfigureAwait(false);
                    return id is null ? null : new WriterLockHolder((long)id, user, client, seconds);
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is MySqlStoreException or OperationCanceledException)
        {
            // The wait itself continues, and reports its own outcome.
            return null;
        }
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"connection {ConnectionId} (user '{User}' from {Client}), open for {OpenSeconds} s");
}
