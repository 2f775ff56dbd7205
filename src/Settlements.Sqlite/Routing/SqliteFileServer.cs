using System.Data;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Settlements.Routing;

namespace Settlements.Sqlite;

/// <summary>The one file, its two kinds of connections, and what was found of it. Thread-safe.</summary>
internal sealed class SqliteFileServer : IDisposable
{
    private readonly string _writing;
    private readonly string _reading;
    private readonly StateChangeEventHandler _stateChanged;
    private readonly Lock _starting = new();
    private readonly TimeSpan _patience;
    private readonly WriterLock _writer;
    private int _inFlight;
    private volatile bool _isStarted;
    private volatile bool _isDisposed;
    private volatile string? _failure;
    private volatile string? _version;

    public SqliteFileServer(SqliteConnectionStringBuilder settings)
    {
        Name = settings.DataSource;
        _patience = settings.DefaultTimeout == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(settings.DefaultTimeout);
        _writer = WriterLock.Of(Name);
        _writing = settings.ConnectionString;
        _reading = new SqliteConnectionStringBuilder(_writing) { Mode = SqliteOpenMode.ReadOnly }.ConnectionString;
        var shown = new SqliteConnectionStringBuilder(_writing);
        shown.Remove("Password");
        ShownConnectionString = shown.ConnectionString;
        _stateChanged = CountOpen; // one delegate for all connections
    }

    public string Name { get; }

    public string ShownConnectionString { get; }

    public ServerStatus Status => new(
        Name, ServerRole.Primary, _failure is not null ? ServerState.Down : _isStarted ? ServerState.Up : ServerState.Unknown, Lag: null,
        Volatile.Read(ref _inFlight), Weight: 1, CausalToken.None, _version, _failure ?? "");

    /// <summary>
    /// Looks into the file by a connection that may write. It makes the file, and mends what a crash left behind, neither of which a read-only
    /// connection can do.
    /// </summary>
    /// <exception cref="RoutingException">It can't be used.</exception>
    public void Start()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, typeof(SqliteMultiHostDataSource));
        if (_isStarted)
            return;
        lock (_starting)
        {
            if (_isStarted)
                return;
            using var connection = new SqliteConnection(_writing);
            try
            {
                connection.Open();
                using var command = connection.CreateCommand();
                command.CommandText = "PRAGMA schema_version"; // reads the first page: the least that tells a database from another file
                command.ExecuteScalar();
            }
            catch (SqliteException e)
            {
                throw Failed(DatabaseAccess.Write, e);
            }

            RequireWritable(connection);
            _version = $"SQLite {connection.ServerVersion}";
            _failure = null;
            _isStarted = true;
        }
    }

    public async ValueTask<WriterLock.Turn> WaitToWriteAsync(CancellationToken cancellationToken) =>
        await _writer.WaitAsync(isClose: false, _patience, cancellationToken).ConfigureAwait(false) ?? throw new DatabaseBusyException(Name, _patience, null);

    /// <summary>A connection that is not open yet.</summary>
    public SqliteConnection Create(DatabaseAccess access)
    {
        var connection = new SqliteConnection(access == DatabaseAccess.Write ? _writing : _reading);
        connection.StateChange += _stateChanged;
        return connection;
    }

    public SqliteConnection Open(DatabaseAccess access)
    {
        Start();
        var connection = Create(access);
        try
        {
            connection.Open();
            return Opened(connection, access);
        }
        catch (Exception e)
        {
            connection.Dispose();
            if (e is SqliteException failure)
                throw Failed(access, failure);
            throw;
        }
    }

    public async ValueTask<SqliteConnection> OpenAsync(DatabaseAccess access, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Start();
        var connection = Create(access);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            return Opened(connection, access);
        }
        catch (Exception e)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            if (e is SqliteException failure)
                throw Failed(access, failure);
            throw;
        }
    }

    /// <summary>Connections in use are their users'; those that wait in the pools are closed, so that the file can be moved or deleted.</summary>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        foreach (var connectionString in new[] { _writing, _reading })
        {
            using var any = new SqliteConnection(connectionString);
            SqliteConnection.ClearPool(any);
        }
    }

    private SqliteConnection Opened(SqliteConnection connection, DatabaseAccess access)
    {
        if (access == DatabaseAccess.Write)
            RequireWritable(connection);
        _failure = null;
        return connection;
    }

    /// <summary>SQLite opens a file that it may not write all the same, and fails at the first write.</summary>
    private void RequireWritable(SqliteConnection connection)
    {
        if (raw.sqlite3_db_readonly(connection.Handle!, "main") != 1)
            return;
        _failure = "this user may not write to the file";
        throw new RoutingException($"The database '{Name}' can't be written: {_failure}. Change the file's permissions, or name another file.", isTransient: false);
    }

    private RoutingException Failed(DatabaseAccess access, SqliteException cause)
    {
        _failure = cause.Message;
        var isBusy = cause.SqliteErrorCode is raw.SQLITE_BUSY or raw.SQLITE_LOCKED;
        var remedy = isBusy
            ? "Look for a process that keeps a transaction open, or allow a longer wait: Default Timeout, in seconds."
            : "Check that the folder and the file exist, that this user may write to both, and that the file is an SQLite database.";
        return new RoutingException($"The database '{Name}' can't be opened to {(access == DatabaseAccess.Write ? "write" : "read")}: {cause.Message} {remedy}", isBusy, cause);
    }

    private void CountOpen(object sender, StateChangeEventArgs change)
    {
        if (change.CurrentState == ConnectionState.Open)
            Interlocked.Increment(ref _inFlight);
        else if (change.OriginalState == ConnectionState.Open)
            Interlocked.Decrement(ref _inFlight);
    }
}
