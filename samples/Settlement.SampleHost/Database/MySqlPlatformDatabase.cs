using System.Data;
using System.Data.Common;
using Dapper;
using MySqlConnector;
using Settlement.Calendars;

namespace Settlement.SampleHost.Database;

/// <summary>A database of a MySQL or MariaDB server. Writes run beside each other; the server itself groups their commits.</summary>
internal sealed class MySqlPlatformDatabase(string connectionString) : PlatformDatabase
{
    /// <summary>How often a transaction is done again after a deadlock or a lock timeout.</summary>
    private const int RetriesMax = 8;

    private const int SchemaLockSeconds = 60;

    // Updates count the rows they found, as SQLite's do, also where nothing in them changed.
    private readonly MySqlDataSource _source = new(new MySqlConnectionStringBuilder(connectionString) { UseAffectedRows = false }.ToString());

    protected override string Engine => "MySql";

    public override async Task<T> ReadAsync<T>(Func<Sql, Task<T>> read, CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        return await read(new Sql(connection, null, Dialect.MySql, cancellationToken));
    }

    public override async Task<T> WriteAsync<T>(Func<Sql, Task<T>> write, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            await using var connection = await _source.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
            try
            {
                var result = await write(new Sql(connection, transaction, Dialect.MySql, cancellationToken));

                // Not by the caller's token: a commit that is given up on may have happened all the same.
                await transaction.CommitAsync(CancellationToken.None);
                return result;
            }
            catch (MySqlException e) when (attempt < RetriesMax && e.ErrorCode is MySqlErrorCode.LockDeadlock or MySqlErrorCode.LockWaitTimeout)
            {
                await transaction.RollbackAsync(CancellationToken.None);
            }
        }
    }

    public override bool IsDuplicate(DbException exception) => exception is MySqlException { ErrorCode: MySqlErrorCode.DuplicateKeyEntry };

    public override async Task ApplySchemaAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync("""
            CREATE TABLE IF NOT EXISTS platform_schema (
                number INT NOT NULL PRIMARY KEY, file VARCHAR(200) NOT NULL, applied_at BIGINT NOT NULL
            ) ENGINE = InnoDB
            """);

        // One host at a time. The server commits each CREATE by itself: a file that was cut off is gone through again, and finds what is there.
        if (await connection.ExecuteScalarAsync<int?>(
                "SELECT get_lock(md5(concat('platform_schema', database())), @wait)", new { wait = SchemaLockSeconds }) != 1)
            throw new InvalidOperationException($"Another host has been applying the platform's schema for over {SchemaLockSeconds} s. Wait for its end, and start again.");
        foreach (var (number, file, statements) in SchemaFiles())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await connection.QuerySingleAsync<long>("SELECT COUNT(*) FROM platform_schema WHERE number = @number", new { number }) > 0)
                continue;
            foreach (var statement in statements)
                await connection.ExecuteAsync(statement);
            await connection.ExecuteAsync(
                "INSERT INTO platform_schema (number, file, applied_at) VALUES (@number, @file, @at)",
                new { number, file, at = UnixMicroseconds.From(clock.GetUtcNow()) });
        }

        await connection.ExecuteScalarAsync<int?>("SELECT release_lock(md5(concat('platform_schema', database())))");
    }

    public override DbConnection Open() => _source.OpenConnection();

    public override ValueTask DisposeAsync() => _source.DisposeAsync();
}
