using System.Data.Common;
using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Opens connections to an SQLite file and runs its write transactions. Thread-safe.</summary>
/// <remarks>The file is in WAL mode: one writer at a time, and any number of concurrent readers.</remarks>
internal sealed class SqliteDatabase : IDisposable
{
    /// <summary>
    /// Rows of a close between two checkpoints of the WAL: a few thousand pages, fewer than the number at which SQLite runs a checkpoint
    /// within a commit.
    /// </summary>
    private const int RowsPerCheckpoint = 20_000;

    private readonly SqliteStoreOptions _options;
    private readonly string _connectionString;
    private readonly WriterLock _writer;
    private long _rowsSinceCheckpoint;
    private readonly SchemaCheck _schema;

    /// <param name="options">The file and limits.</param>
    /// <param name="schema">The schema; null for that of this version. Tests of upgrades replace it.</param>
    public SqliteDatabase(SqliteStoreOptions options, SchemaFiles? schema = null)
    {
        _options = options;
        Schema = schema ?? SqliteSchema.Files;
        var builder = new SqliteConnectionStringBuilder(options.ConnectionString)
        {
            DefaultTimeout = (int)options.BusyTimeout.TotalSeconds,
        };
        _connectionString = builder.ToString();
        FileName = builder.DataSource;
        _writer = WriterLock.ForFile(FileName);
        _schema = new SchemaCheck(FileName, Schema);
    }

    /// <summary>The schema that this instance needs.</summary>
    public SchemaFiles Schema { get; }

    /// <summary>The file name, for messages: a connection string may hold a password.</summary>
    public string FileName { get; }

    /// <summary>Opens a connection that can't write.</summary>
    public SqliteConnection OpenReader()
    {
        var connection = Open(cacheMiB: 8);
        try
        {
            Execute(connection, "PRAGMA query_only = 1");
            RequireSchema(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The approximate limit of rows that a transaction of a close writes.</summary>
    public int RowsPerTransactionMax => _options.RowsPerTransactionMax;

    /// <summary>The most rows that a transaction of a close has written; for tests.</summary>
    internal int LargestCloseTransactionRows { get; private set; }

    /// <summary>
    /// Runs writes in one transaction, which holds the file's write lock from its first statement, and commits it. Waits for other writers.
    /// </summary>
    public Task<T> WriteAsync<T>(Func<SqliteConnection, SqliteTransaction, Task<T>> write, CancellationToken cancellationToken) =>
        WriteAsync(write, _ => true, cancellationToken);

    /// <summary>Runs writes in one transaction and commits it when the result meets a condition; otherwise rolls it back.</summary>
    public Task<T> WriteAsync<T>(
        Func<SqliteConnection, SqliteTransaction, Task<T>> write, Predicate<T> commits, CancellationToken cancellationToken) =>
        WriteAsync(write, commits, isClose: false, cancellationToken);

    /// <summary>Runs writes of a close in one transaction and commits it. Waiting writers of the application precede it.</summary>
    public Task<T> WriteAtLowPriorityAsync<T>(
        Func<SqliteConnection, SqliteTransaction, Task<T>> write, CancellationToken cancellationToken) =>
        WriteAsync(write, _ => true, isClose: true, cancellationToken);

    private async Task<T> WriteAsync<T>(
        Func<SqliteConnection, SqliteTransaction, Task<T>> write, Predicate<T> commits, bool isClose, CancellationToken cancellationToken)
    {
        var (result, rows) = await WriteLockedAsync(write, commits, isClose, cancellationToken).ConfigureAwait(false);
        if (isClose && Interlocked.Add(ref _rowsSinceCheckpoint, rows) >= RowsPerCheckpoint)
            Checkpoint();
        return result;
    }

    private async Task<(T Result, int Rows)> WriteLockedAsync<T>(
        Func<SqliteConnection, SqliteTransaction, Task<T>> write, Predicate<T> commits, bool isClose, CancellationToken cancellationToken)
    {
        using var writerLock = await _writer.AcquireAsync(isClose, _options.BusyTimeout, cancellationToken).ConfigureAwait(false)
            ?? throw new DatabaseBusyException(FileName, _options.BusyTimeout, null);
        try
        {
            using var connection = OpenWriter();
            RequireSchema(connection);
            if (isClose)
                Execute(connection, "PRAGMA wal_autocheckpoint = 0");
            using var transaction = connection.BeginTransaction(deferred: false);
            var changes = SQLitePCL.raw.sqlite3_total_changes(connection.Handle);
            var result = await write(connection, transaction).ConfigureAwait(false);
            var rows = SQLitePCL.raw.sqlite3_total_changes(connection.Handle) - changes;
            writerLock.Rows = rows;
            if (isClose)
                LargestCloseTransactionRows = Math.Max(LargestCloseTransactionRows, rows);
            if (commits(result))
            {
                cancellationToken.ThrowIfCancellationRequested();
                transaction.Commit();
            }

            return (result, rows);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED)
        {
            throw new DatabaseBusyException(FileName, _options.BusyTimeout, e);
        }
    }

    /// <summary>Opens a connection that can write, without checking the schema's version.</summary>
    public SqliteConnection OpenWriter()
    {
        var connection = Open(_options.WriterCacheMiB);
        Execute(connection, "PRAGMA query_only = 0");
        return connection;
    }

    /// <summary>
    /// Runs a WAL checkpoint without blocking other writers. SQLite would run it within a commit: during a close, mostly a commit that a
    /// user waits for.
    /// </summary>
    private void Checkpoint()
    {
        Interlocked.Exchange(ref _rowsSinceCheckpoint, 0);
        try
        {
            using var connection = OpenWriter();
            Execute(connection, "PRAGMA wal_checkpoint(PASSIVE)");
        }
        catch (SqliteException)
        {
            // The rows are committed; the next checkpoint includes what this one left.
        }
    }

    public void Dispose()
    {
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
    }

    private SqliteConnection Open(int cacheMiB)
    {
        var connection = _options.Connect(_connectionString);
        try
        {
            connection.Open();

            // FULL: a commit survives a power failure. A checkpoint runs after 32 MiB of WAL (SQLite's default is 4), which is truncated to
            // 64 MiB.
            Execute(connection, FormattableString.Invariant(
                $"PRAGMA synchronous = FULL; PRAGMA cache_size = -{cacheMiB * 1024}; PRAGMA wal_autocheckpoint = 8192; ")
                + "PRAGMA journal_size_limit = 67108864;");
            return connection;
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw new DatabaseUnavailableException(FileName, e);
        }
    }

    private void RequireSchema(SqliteConnection connection)
    {
        if (!_schema.IsPassed)
            _schema.Require(SchemaRecord.FindVersion(connection));
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // all statements are constants of this class
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}

/// <summary>
/// Thrown when the file's write lock was not acquired within the timeout, because another connection held it. The error is transient.
/// </summary>
public sealed class DatabaseBusyException : DbException
{
    internal DatabaseBusyException(string fileName, TimeSpan waited, Exception? cause)
        : base(
            FormattableString.Invariant(
                $"The database '{fileName}' was locked by another writer for more than {waited.TotalSeconds:0} s (BusyTimeout). ")
            + "Look for a process that keeps a transaction open, or increase the timeout.", cause)
    {
    }

    /// <inheritdoc/>
    public override bool IsTransient => true;
}

/// <summary>Thrown when the file can't be opened as a database.</summary>
public sealed class DatabaseUnavailableException : DbException
{
    internal DatabaseUnavailableException(string fileName, SqliteException cause)
        : base($"The database '{fileName}' can't be opened: {cause.Message} Check that the folder exists, that this user can write to it, "
            + "and that the file is an SQLite database.", cause)
    {
    }
}
