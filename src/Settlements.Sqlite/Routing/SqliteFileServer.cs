using System.Data;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Settlements.Routing;

namespace Settlements.Sqlite;

/// <summary>Opens writing and read-only connections to the file and tracks its status. Thread-safe.</summary>
internal sealed class SqliteFileServer : IDisposable
{
    private readonly string _writeConnectionString;
    private readonly string _readConnectionString;
    private readonly StateChangeEventHandler _stateChanged;
    private readonly Lock _starting = new();
    private readonly TimeSpan _timeout;
    private readonly WriterLock _writer;
    private int _inFlight;
    private volatile bool _isStarted;
    private volatile bool _isDisposed;
    private volatile string? _failure;
    private volatile string? _version;

    public SqliteFileServer(SqliteConnectionStringBuilder settings)
    {
        Name = settings.DataSource;
        _timeout = settings.DefaultTimeout == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(settings.DefaultTimeout);
        _writer = WriterLock.ForFile(Name);
        _writeConnectionString = settings.ConnectionString;
        _readConnectionString = new SqliteConnectionStringBuilder(_writeConnectionString)
        {
            Mode = SqliteOpenMode.ReadOnly,
        }.ConnectionString;
        var displayed = new SqliteConnectionStringBuilder(_writeConnectionString);
        displayed.Remove("Password");
        DisplayConnectionString = displayed.ConnectionString;
        _stateChanged = CountOpen; // one delegate for all connections
    }

    public string Name { get; }

    /// <summary>The connection string without the password.</summary>
    public string DisplayConnectionString { get; }

    public ServerStatus Status => new(
        Name, ServerRole.Primary, _failure is not null ? ServerState.Down : _isStarted ? ServerState.Up : ServerState.Unknown, lag: null,
        Volatile.Read(ref _inFlight), weight: 1, CausalToken.None, _version, _failure ?? "");

    /// <summary>
    /// Opens the file with a writing connection, which creates the file and recovers it after a crash; a read-only connection can do
    /// neither.
    /// </summary>
    /// <exception cref="RoutingException">The file can't be opened or written, or is no database.</exception>
    public void Start()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, typeof(SqliteMultiHostDataSource));
        if (_isStarted)
            return;
        lock (_starting)
        {
            if (_isStarted)
                return;
            using var connection = new SqliteConnection(_writeConnectionString);
            try
            {
                connection.Open();
                using var command = connection.CreateCommand();
                command.CommandText = "PRAGMA schema_version"; // reads the first page, which is enough to recognize a database
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

    public async ValueTask<WriterLock.Handle> AcquireWriterLockAsync(CancellationToken cancellationToken) =>
        await _writer.AcquireAsync(isClose: false, _timeout, cancellationToken).ConfigureAwait(false)
        ?? throw new DatabaseBusyException(Name, _timeout, null);

    /// <summary>Creates a connection that is not open yet.</summary>
    public SqliteConnection Create(DatabaseAccess access)
    {
        var connection = new SqliteConnection(access == DatabaseAccess.Write ? _writeConnectionString : _readConnectionString);
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

    /// <summary>Closes pooled connections, so that the file can be moved or deleted. Connections in use stay open.</summary>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        foreach (var connectionString in new[] { _writeConnectionString, _readConnectionString })
        {
            using var connection = new SqliteConnection(connectionString);
            SqliteConnection.ClearPool(connection);
        }
    }

    private SqliteConnection Opened(SqliteConnection connection, DatabaseAccess access)
    {
        if (access == DatabaseAccess.Write)
            RequireWritable(connection);
        _failure = null;
        return connection;
    }

    /// <summary>Throws when the file is read-only: SQLite opens such a file without an error and fails at the first write.</summary>
    private void RequireWritable(SqliteConnection connection)
    {
        if (raw.sqlite3_db_readonly(connection.Handle!, "main") != 1)
            return;
        _failure = "this user has no write permission for the file";
        throw new RoutingException(
            $"The database '{Name}' can't be written: {_failure}. Change the file's permissions, or name another file.",
            isTransient: false);
    }

    private RoutingException Failed(DatabaseAccess access, SqliteException cause)
    {
        _failure = cause.Message;
        var isBusy = cause.SqliteErrorCode is raw.SQLITE_BUSY or raw.SQLITE_LOCKED;
        var remedy = isBusy
            ? "Look for a process that keeps a transaction open, or increase Default Timeout (seconds) in the connection string."
            : "Check that the folder and the file exist, that this user can write to both, and that the file is an SQLite database.";
        var purpose = access == DatabaseAccess.Write ? "writing" : "reading";
        return new RoutingException($"The database '{Name}' can't be opened for {purpose}: {cause.Message} {remedy}", isBusy, cause);
    }

    private void CountOpen(object sender, StateChangeEventArgs change)
    {
        if (change.CurrentState == ConnectionState.Open)
            Interlocked.Increment(ref _inFlight);
        else if (change.OriginalState == ConnectionState.Open)
            Interlocked.Decrement(ref _inFlight);
    }
}
