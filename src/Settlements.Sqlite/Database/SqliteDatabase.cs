using System.Data.Common;
using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>One SQLite file: one writer at a time, many readers beside it (WAL). Thread-safe.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    /// <summary>After so many rows of a close the WAL is folded: some thousand pages, fewer than those at which SQLite does it within a commit.</summary>
    private const int RowsPerCheckpoint = 20_000;

    private readonly SqliteStoreOptions _options;
    private readonly string _connectionString;
    private readonly WriterLock _writer;
    private long _rowsSinceCheckpoint;
    private readonly SchemaCheck _schema;

    public SqliteDatabase(SqliteStoreOptions options)
    {
        _options = options;
        var builder = new SqliteConnectionStringBuilder(options.ConnectionString) { DefaultTimeout = (int)options.BusyTimeout.TotalSeconds };
        _connectionString = builder.ToString();
        FileName = builder.DataSource;
        _writer = WriterLock.Of(FileName);
        _schema = new SchemaCheck(FileName, SqliteSchema.Files);
    }

    /// <summary>For messages: a connection string may hold a password, a file name does not.</summary>
    public string FileName { get; }

    /// <summary>A connection that can't write.</summary>
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

    /// <summary>About how many rows a transaction of a close may write.</summary>
    public int RowsPerTransactionMax => _options.RowsPerTransactionMax;

    /// <summary>The most rows that a transaction of a close has written; for tests.</summary>
    internal int RowsOfCloseTransactionHighest { get; private set; }

    /// <summary>
    /// Does some writing in one transaction that holds the file's write lock from its first statement, and commits. Waits for its turn.
    /// </summary>
    public Task<T> WriteAsync<T>(Func<SqliteConnection, SqliteTransaction, Task<T>> write, CancellationToken cancellationToken) =>
        WriteAsync(write, _ => true, cancellationToken);

    /// <summary>The same, committing only when the result says so.</summary>
    public Task<T> WriteAsync<T>(
        Func<SqliteConnection, SqliteTransaction, Task<T>> write, Predicate<T> commits, CancellationToken cancellationToken) =>
        WriteAsync(write, commits, isClose: false, cancellationToken);

    /// <summary>The same for what nobody waits for in front of a page: other writers go first.</summary>
    public Task<T> WriteBehindOthersAsync<T>(Func<SqliteConnection, SqliteTransaction, Task<T>> write, CancellationToken cancellationToken) =>
        WriteAsync(write, _ => true, isClose: true, cancellationToken);

    private async Task<T> WriteAsync<T>(
        Func<SqliteConnection, SqliteTransaction, Task<T>> write, Predicate<T> commits, bool isClose, CancellationToken cancellationToken)
    {
        var (result, rows) = await WriteInTurnAsync(write, commits, isClose, cancellationToken).ConfigureAwait(false);
        if (isClose && Interlocked.Add(ref _rowsSinceCheckpoint, rows) >= RowsPerCheckpoint)
            Checkpoint();
        return result;
    }

    private async Task<(T Result, int Rows)> WriteInTurnAsync<T>(
        Func<SqliteConnection, SqliteTransaction, Task<T>> write, Predicate<T> commits, bool isClose, CancellationToken cancellationToken)
    {
        using var turn = await _writer.WaitAsync(isClose, _options.BusyTimeout, cancellationToken).ConfigureAwait(false)
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
            turn.Rows = rows;
            if (isClose)
                RowsOfCloseTransactionHighest = Math.Max(RowsOfCloseTransactionHighest, rows);
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

    /// <summary>A connection that may write; for the schema, which can't be required yet.</summary>
    public SqliteConnection OpenWriter()
    {
        var connection = Open(_options.WriterCacheMiB);
        Execute(connection, "PRAGMA query_only = 0");
        return connection;
    }

    /// <summary>
    /// Folds the WAL into the file while others write on. SQLite would do it within a commit, and with the close under way mostly within one that a
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
            // What was written is committed. The next one folds what this one left.
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

            // A commit that was answered survives a power cut. The WAL is folded into the file every 32 MiB, not every
            // 4, and cut back to 64.
            Execute(connection, FormattableString.Invariant($"PRAGMA synchronous = FULL; PRAGMA cache_size = -{cacheMiB * 1024}; PRAGMA wal_autocheckpoint = 8192; ")
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
#pragma warning disable CA2100 // every text comes from this file
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}

/// <summary>Another process held the file's write lock for too long. Worth another try.</summary>
public sealed class DatabaseBusyException : DbException
{
    internal DatabaseBusyException(string fileName, TimeSpan waited, Exception? cause)
        : base(FormattableString.Invariant($"The database '{fileName}' was locked by another writer for over {waited.TotalSeconds:0} s (BusyTimeout). ")
            + "Look for a process that keeps a transaction open, or allow a longer wait.", cause)
    {
    }

    /// <inheritdoc/>
    public override bool IsTransient => true;
}

/// <summary>The file can't be opened as a database.</summary>
public sealed class DatabaseUnavailableException : DbException
{
    internal DatabaseUnavailableException(string fileName, SqliteException cause)
        : base($"The database '{fileName}' can't be opened: {cause.Message} Check that the folder exists, that this user may write to it, "
            + "and that the file is an SQLite database.", cause)
    {
    }
}
