using System.Data;
using Microsoft.Extensions.Logging;
using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>A server with its connection pools: those of the router, and those added by stores that share the router.</summary>
internal sealed class RoutedServer : IAsyncDisposable, IDisposable
{
    private readonly ServerPools _pools;
    private readonly Lock _lock = new();
    private readonly ServerAddress _address;
    private readonly ILoggerFactory _logs;
    private readonly PendingOpenings _pendingWriters = new();
    private readonly PendingOpenings _pendingReaders = new();
    private readonly StateChangeEventHandler _stateChanged;
    private ServerPools[] _all;
    private int _inFlight;

    public RoutedServer(int index, ServerAddress address, MySqlMultiHostOptions options, ILoggerFactory logs)
    {
        Index = index;
        Name = address.ToString();
        Weight = address.Weight;
        Credentials = options.Credentials;
        (_address, _logs) = (address, logs);
        _stateChanged = OnStateChanged; // one delegate for all connections
        // A pooled connection is always reset; otherwise session state, such as READ WRITE, would leak to the next caller.
        ConnectionString = WithAddress(new MySqlConnectionStringBuilder(options.ConnectionString) { ConnectionReset = options.IsReset });
        _pools = new ServerPools(this, ConnectionString, Credentials, session: null, logs);
        _all = [_pools];
    }

    /// <summary>The default if the connection string sets no timeout: 5 seconds, instead of the driver's 15.</summary>
    public const uint ConnectTimeoutS = 5;

    public int Index { get; }

    public string Name { get; }

    public int Weight { get; }

    /// <summary>The connection string including the password, for probes only.</summary>
    public string ConnectionString { get; }

    /// <summary>The password and certificates that the connection string doesn't contain; null for none.</summary>
    public ConnectionCredentials? Credentials { get; }

    /// <summary>The number of open connections.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Called when the server refused a write; the flag is true if it is certainly because the server is read-only.</summary>
    public Action<RoutedServer, bool>? WriteRefused { get; set; }

    /// <summary>Called when a connection could not be opened.</summary>
    public Action<RoutedServer>? OpenFailed { get; set; }

    /// <summary>Returns the pending openings of an access mode, which are abandoned when the server stops responding.</summary>
    public PendingOpenings Pending(DatabaseAccess access) => access == DatabaseAccess.Write ? _pendingWriters : _pendingReaders;

    /// <summary>
    /// Whether each connection for writing queries read_only, because the user's privileges bypass it and the server would not refuse.
    /// </summary>
    public bool ChecksReadOnlyOnOpen { get; set; }

    /// <summary>Creates a closed connection.</summary>
    /// <param name="access">Read or write.</param>
    /// <param name="pools">The pools of a store that shares the server; null for the router's pools.</param>
    public MySqlConnection Create(DatabaseAccess access, ServerPools? pools = null)
    {
        var connection = (pools ?? _pools).Create(access);
        connection.StateChange += _stateChanged;
        return connection;
    }

    /// <summary>Adds pools with other settings, which are discarded with the router's when the server's role changes.</summary>
    /// <param name="settings">The connection settings, without the server's address.</param>
    /// <param name="session">The statements that initialize a new connection.</param>
    public ServerPools AddPools(MySqlConnectionStringBuilder settings, Func<MySqlConnection, DatabaseAccess, string> session)
    {
        var pools = new ServerPools(this, WithAddress(settings), Credentials, session, _logs);
        lock (_lock)
            _all = [.. _all, pools];
        return pools;
    }

    /// <summary>Removes pools that were added; their owner disposes them.</summary>
    public void RemovePools(ServerPools pools)
    {
        lock (_lock)
            _all = [.. _all.Where(p => p != pools)];
    }

    /// <summary>Closes idle connections for writing, and those in use when they are returned to the pool.</summary>
    public Task DiscardWritersAsync() => Task.WhenAll(_all.Select(pools => pools.DiscardWritersAsync()));

    public void ReportRefusal(bool isCertain) => WriteRefused?.Invoke(this, isCertain);

    public async ValueTask DisposeAsync()
    {
        foreach (var pools in _all)
            await pools.DisposeAsync().ConfigureAwait(false);
    }

    public void Dispose()
    {
        foreach (var pools in _all)
            pools.Dispose();
    }

    /// <summary>Returns whether a value of read_only is off: a number in most versions, a text in newer versions of MariaDB.</summary>
    public static bool IsOff(object? readOnly) => readOnly is 0L or 0UL or 0 or "0" or "OFF" or false;

    private string WithAddress(MySqlConnectionStringBuilder settings)
    {
        var builder = new MySqlConnectionStringBuilder(settings.ConnectionString) { Server = _address.Server, Port = (uint)_address.Port };
        if (!builder.ContainsKey("Connection Timeout"))
            builder.ConnectionTimeout = ConnectTimeoutS;
        return builder.ConnectionString;
    }

    private void OnStateChanged(object sender, StateChangeEventArgs change)
    {
        if (change.CurrentState == ConnectionState.Open)
            Interlocked.Increment(ref _inFlight);
        else if (change.OriginalState == ConnectionState.Open)
            Interlocked.Decrement(ref _inFlight);
        else if (change.OriginalState == ConnectionState.Connecting)
            OpenFailed?.Invoke(this);
    }
}
