using System.Data;
using System.Data.Common;
using Dapper;
using MySqlConnector;
using Settlements;
using Settlements.MySql;
using Settlements.Routing;

namespace Settlement.SampleHost.Database;

/// <summary>
/// A database of a MySQL or MariaDB server, or of a primary with replicas. Writes run beside each other; the server itself groups their commits.
/// </summary>
internal sealed class MySqlPlatformDatabase(MySqlMultiHostDataSource hosts, CurrentSession current) : PlatformDatabase(hosts, current)
{
    /// <summary>How often a transaction is done again after a deadlock, a lock timeout or the refusal of a server that is the primary no more.</summary>
    private const int RetriesMax = 8;

    private const int SchemaLockSeconds = 60;

    /// <summary>Heads a statement of a schema's file that fails when it was done before, by what it drops or makes.</summary>
    private const string DoneOnceMark = "-- Done once:";

    /// <summary>MySQL's ER_READ_ONLY_MODE.</summary>
    private const MySqlErrorCode ReadOnlyMode = (MySqlErrorCode)1836;

    private readonly CurrentSession _current = current;
    private readonly MySqlMultiHostDataSource _hosts = hosts;

    /// <summary>As the statements want it: updates count the rows they found, as SQLite's do, also where nothing in them changed.</summary>
    public static string Settings(string connectionString) =>
        new MySqlConnectionStringBuilder(connectionString) { UseAffectedRows = false }.ToString();

    protected override string Engine => "MySql";

    protected override Dialect Dialect => Dialect.MySql;

    public override async Task<T> WriteAsync<T>(Func<Sql, Task<T>> write, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            await using var connection = await _hosts.OpenConnectionAsync(DatabaseAccess.Write, cancellationToken: cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
            try
            {
                var result = await write(new Sql(connection, transaction, Dialect.MySql, cancellationToken));

                await CommitAsync(transaction);
                return result;
            }
            catch (MySqlException e) when (attempt < RetriesMax && IsUndone(e.ErrorCode))
            {
                await transaction.RollbackAsync(CancellationToken.None);
            }
        }
    }

    private async Task CommitAsync(MySqlTransaction transaction)
    {
        try
        {
            // Not by the caller's token: a commit that is given up on may have happened all the same.
            await (_current.Session?.CommitAsync(transaction, CancellationToken.None) ?? transaction.CommitAsync(CancellationToken.None));
        }
        catch (Exception e) when (e is not MySqlException refused || !IsUndone(refused.ErrorCode))
        {
            throw new UnknownOutcomeException(e);
        }

        _current.Committed();
    }

    private static bool IsUndone(MySqlErrorCode error) => error
        is MySqlErrorCode.LockDeadlock or MySqlErrorCode.LockWaitTimeout or MySqlErrorCode.OptionPreventsStatement or ReadOnlyMode;

    public override bool IsDuplicate(DbException exception) => exception is MySqlException { ErrorCode: MySqlErrorCode.DuplicateKeyEntry };

    public override async Task ApplySchemaAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var connection = await _hosts.OpenConnectionAsync(DatabaseAccess.Write, cancellationToken: cancellationToken);
        await connection.ExecuteAsync("""
            CREATE TABLE IF NOT EXISTS platform_schema (
                number INT NOT NULL PRIMARY KEY, file VARCHAR(200) NOT NULL, applied_at BIGINT NOT NULL
            ) ENGINE = InnoDB
            """);

        // One host at a time. The server commits each CREATE and ALTER by itself: a file that was cut off is gone through again, and finds what is there.
        var taken = await connection.ExecuteScalarAsync<int?>(
            "SELECT get_lock(md5(concat('platform_schema', database())), @wait)", new { wait = SchemaLockSeconds });
        if (taken != 1)
        {
            throw new InvalidOperationException(taken == 0
                ? $"Another host has been applying the platform's schema for over {SchemaLockSeconds} s. Wait for its end, and start again."
                : "The server answered NULL to GET_LOCK: it is out of memory, or the statement was killed. Start again.");
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
            // A table is rebuilt as long as it takes.
            await connection.ExecuteAsync(statement, commandTimeout: 0);
        }
        catch (MySqlException e) when (statement.Contains(DoneOnceMark, StringComparison.Ordinal)
            && e.ErrorCode is MySqlErrorCode.CannotDropFieldOrKey or MySqlErrorCode.DuplicateKeyName or MySqlErrorCode.BadFieldError
                or MySqlErrorCode.DuplicateFieldName)
        {
            // It was done, all of it, and the host ended before it recorded that.
        }
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
