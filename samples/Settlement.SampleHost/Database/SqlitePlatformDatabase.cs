using System.Data.Common;
using System.Threading.Channels;
using Dapper;
using Microsoft.Data.Sqlite;
using Settlements;
using Settlements.Sqlite;

namespace Settlement.SampleHost.Database;

/// <summary>
/// The platform's tables in a SQLite file. A commit waits for the disk and a file has one writer, so concurrent writes share a transaction:
/// each write has its own savepoint, and all complete after the common commit.
/// </summary>
internal sealed class SqlitePlatformDatabase : PlatformDatabase
{
    /// <summary>The maximum number of writes per transaction. It bounds the wait of other writers of the file.</summary>
    private const int GroupMax = 128;

    /// <summary>The capacity of the queue; further callers wait until there is space.</summary>
    private const int QueueMax = 4_096;

    private const int BusyTimeoutSeconds = 30;

    private readonly SqliteMultiHostDataSource _file;
    private readonly Channel<SqliteWrite> _queue = Channel.CreateBounded<SqliteWrite>(
        new BoundedChannelOptions(QueueMax) { SingleReader = true });
    private readonly CurrentCausalSession _current;
    private readonly Task _writer;

    public SqlitePlatformDatabase(SqliteMultiHostDataSource file, CurrentCausalSession current)
        : base(file, current)
    {
        (_file, _current) = (file, current);
        _writer = Task.Run(WriteGroupsAsync);
    }

    /// <summary>Returns the connection string with the required settings.</summary>
    public static string Settings(string connectionString) =>
        new SqliteConnectionStringBuilder(connectionString) { DefaultTimeout = BusyTimeoutSeconds }.ToString();

    protected override string Engine => "Sqlite";

    protected override Dialect Dialect => Dialect.Sqlite;

    public override async Task<T> WriteAsync<T>(Func<Sql, Task<T>> write, CancellationToken cancellationToken)
    {
        var item = new SqliteWrite<T>(write, cancellationToken);
        await _queue.Writer.WriteAsync(item, cancellationToken);
        var result = await item.Completion;
        _current.Committed();
        return result;
    }

    public override bool IsDuplicate(DbException exception) => exception is SqliteException
    {
        SqliteExtendedErrorCode: SQLitePCL.raw.SQLITE_CONSTRAINT_PRIMARYKEY or SQLitePCL.raw.SQLITE_CONSTRAINT_UNIQUE,
    };

    public override async Task ApplySchemaAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var connection = Open();

        // Persistent in the file: one writer and concurrent readers.
        await connection.ExecuteAsync("PRAGMA journal_mode = WAL");
        foreach (var (number, file, statements) in SchemaFiles())
        {
            cancellationToken.ThrowIfCancellationRequested();
            await using var transaction = connection.BeginTransaction(deferred: false);
            await connection.ExecuteAsync(
                "CREATE TABLE IF NOT EXISTS platform_schema (number INTEGER PRIMARY KEY, file TEXT NOT NULL, "
                    + "applied_at INTEGER NOT NULL) STRICT",
                transaction: transaction);
            if (await connection.QuerySingleAsync<long>(
                "SELECT COUNT(*) FROM platform_schema WHERE number = @number", new { number }, transaction) > 0)
                continue;
            foreach (var statement in statements)
                await ChangeAsync(connection, transaction, statement);
            await connection.ExecuteAsync(
                "INSERT INTO platform_schema (number, file, applied_at) VALUES (@number, @file, @at)",
                new { number, file, at = UnixMicroseconds.From(clock.GetUtcNow()) },
                transaction);
            await transaction.CommitAsync(cancellationToken);
        }
    }

    private static async Task ChangeAsync(SqliteConnection connection, SqliteTransaction transaction, string statement)
    {
        try
        {
            await connection.ExecuteAsync(statement, transaction: transaction);
        }
        catch (SqliteException e) when (statement.Contains(RunOnceMark, StringComparison.Ordinal)
            && e.Message.Contains("duplicate column name", StringComparison.Ordinal))
        {
            // An earlier text of another file created the column. SQLite has no error code of its own for it.
        }
    }

    public override SqliteConnection Open()
    {
        var connection = (SqliteConnection)_file.OpenConnection();

        // synchronous: a completed commit survives a power failure. wal_autocheckpoint: a checkpoint every 32 MiB instead of 4.
        // busy_timeout: SQLite retries a locked file after milliseconds; the driver waits 150 ms between retries.
        connection.Execute(
            "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA query_only = 0; PRAGMA wal_autocheckpoint = 8192; "
            + $"PRAGMA busy_timeout = {BusyTimeoutSeconds * 1_000}");
        return connection;
    }

    public override async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writer;
    }

    private async Task WriteGroupsAsync()
    {
        var group = new List<SqliteWrite>(GroupMax);
        while (await _queue.Reader.WaitToReadAsync())
        {
            group.Clear();
            while (group.Count < GroupMax && _queue.Reader.TryRead(out var write))
                group.Add(write);
            await CommitAsync(group);
        }
    }

    private async Task CommitAsync(List<SqliteWrite> group)
    {
        const string Savepoint = "one_write";
        try
        {
            // A day close in this process yields to these writes.
            using var writerLock = await _file.AcquireWriterLockAsync();
            await using var connection = Open();
            await using var transaction = connection.BeginTransaction(deferred: false);
            foreach (var write in group)
            {
                transaction.Save(Savepoint);
                if (!await write.TryRunAsync(connection, transaction))
                    transaction.Rollback(Savepoint);
                transaction.Release(Savepoint);
            }

            transaction.Commit();
        }
        catch (Exception e)
        {
            // Nothing of the group is committed, so all of its writes fail.
            group.ForEach(write => write.Fail(e));
            return;
        }

        group.ForEach(write => write.Complete());
    }
}
