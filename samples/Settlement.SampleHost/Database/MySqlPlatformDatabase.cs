using System.Data;
using System.Data.Common;
using Dapper;
using MySqlConnector;
using Settlements;
using Settlements.MySql;
using Settlements.Routing;

namespace Settlement.SampleHost.Database;

/// <summary>
/// The platform's tables in MySQL or MariaDB: a single server, or a primary with replicas. Writes run concurrently; the server groups
/// commits.
/// </summary>
internal sealed class MySqlPlatformDatabase(MySqlMultiHostDataSource servers, CurrentCausalSession current)
    : PlatformDatabase(servers, current)
{
    /// <summary>
    /// The maximum number of retries after a deadlock, a lock timeout, or a write refused by a server that is no longer primary.
    /// </summary>
    private const int RetriesMax = 8;

    private const int SchemaLockSeconds = 60;

    /// <summary>MySQL's ER_READ_ONLY_MODE.</summary>
    private const MySqlErrorCode ReadOnlyMode = (MySqlErrorCode)1836;

    private readonly CurrentCausalSession _current = current;
    private readonly MySqlMultiHostDataSource _servers = servers;

    /// <summary>
    /// Returns the connection string with the required settings: an UPDATE counts the rows found, as in SQLite, even unchanged ones.
    /// </summary>
    public static string Settings(string connectionString) =>
        new MySqlConnectionStringBuilder(connectionString) { UseAffectedRows = false }.ToString();

    protected override string Engine => "MySql";

    protected override Dialect Dialect => Dialect.MySql;

    public override async Task<T> WriteAsync<T>(Func<Sql, Task<T>> write, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            await using var connection = await _servers.OpenConnectionAsync(DatabaseAccess.Write, cancellationToken: cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
            try
            {
                var result = await write(new Sql(connection, transaction, Dialect.MySql, cancellationToken));
                await CommitAsync(transaction);
                return result;
            }
            catch (MySqlException e) when (attempt < RetriesMax && IsRolledBack(e.ErrorCode))
            {
                await transaction.RollbackAsync(CancellationToken.None);
            }
        }
    }

    private async Task CommitAsync(MySqlTransaction transaction)
    {
        try
        {
            // Without the caller's token: an abandoned COMMIT may still have been executed.
            await (_current.Session?.CommitAsync(transaction, CancellationToken.None) ?? transaction.CommitAsync(CancellationToken.None));
        }
        catch (Exception e) when (e is not MySqlException refused || !IsRolledBack(refused.ErrorCode))
        {
            throw new UnknownOutcomeException(e);
        }

        _current.Committed();
    }

    private static bool IsRolledBack(MySqlErrorCode error) => error
        is MySqlErrorCode.LockDeadlock or MySqlErrorCode.LockWaitTimeout or MySqlErrorCode.OptionPreventsStatement or ReadOnlyMode;

    public override bool IsDuplicate(DbException exception) => exception is MySqlException { ErrorCode: MySqlErrorCode.DuplicateKeyEntry };

    public override async Task ApplySchemaAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var connection = await _servers.OpenConnectionAsync(DatabaseAccess.Write, cancellationToken: cancellationToken);
        await connection.ExecuteAsync("""
            CREATE TABLE IF NOT EXISTS platform_schema (
                number INT NOT NULL PRIMARY KEY, file VARCHAR(200) NOT NULL, applied_at BIGINT NOT NULL
            ) ENGINE = InnoDB
            """);

        // One instance at a time. The server commits each CREATE and ALTER by itself, so an interrupted file is executed again and its
        // statements tolerate existing objects.
        var taken = await connection.ExecuteScalarAsync<int?>(
            "SELECT get_lock(md5(concat('platform_schema', database())), @wait)", new { wait = SchemaLockSeconds });
        if (taken != 1)
        {
            throw new InvalidOperationException(taken == 0
                ? $"Another instance has been applying the platform's schema for over {SchemaLockSeconds} s. Wait "
                    + $"until it has finished, then restart."
                : "GET_LOCK returned NULL: the server is out of memory, or the statement was killed. Restart.");
        }

        foreach (var (number, file, statements) in SchemaFiles())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await connection.QuerySingleAsync<long>("SELECT COUNT(*) FROM platform_schema WHERE number = @number", new { number }) > 0)
                continue;
            foreach (var statement in statements)
                await ChangeAsync(connection, statement);
            await connection.ExecuteAsync(
                "INSERT INTO platform_schema (number, file, applied_at) VALUES (@number, @file, @at)",
                new { number, file, at = UnixMicroseconds.From(clock.GetUtcNow()) });
        }

        await connection.ExecuteScalarAsync<int?>("SELECT release_lock(md5(concat('platform_schema', database())))");
    }

    private static async Task ChangeAsync(MySqlConnection connection, string statement)
    {
        try
        {
            // No timeout: rebuilding a large table takes long.
            await connection.ExecuteAsync(statement, commandTimeout: 0);
        }
        catch (MySqlException e) when (statement.Contains(RunOnceMark, StringComparison.Ordinal)
            && e.ErrorCode is MySqlErrorCode.CannotDropFieldOrKey or MySqlErrorCode.DuplicateKeyName or MySqlErrorCode.BadFieldError
                or MySqlErrorCode.DuplicateFieldName)
        {
            // The statement was executed before, and the instance was killed before it recorded that.
        }
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
