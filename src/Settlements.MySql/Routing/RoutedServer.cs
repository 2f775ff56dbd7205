using System.Data;
using Microsoft.Extensions.Logging;
using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>A host with its pools: those of the router, and those of others that share it.</summary>
internal sealed class RoutedServer : IAsyncDisposable, IDisposable
{
    private readonly ServerPools _pools;
    private readonly Lock _lock = new();
    private readonly ServerAddress _address;
    private readonly ILoggerFactory _logs;
    private readonly PendingOpenings _writing = new();
    private readonly PendingOpenings _reading = new();
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
        _stateChanged = CountOpen; // one delegate for all connections
        // A pooled connection is always reset: else what one user left in it, such as READ WRITE, would be the next one's.
        ConnectionString = At(new MySqlConnectionStringBuilder(options.ConnectionString) { ConnectionReset = options.IsReset });
        _pools = new ServerPools(this, ConnectionString, Credentials, session: null, logs);
        _all = [_pools];
    }

    /// <summary>When the connection string says nothing: 5 seconds, instead of the driver's 15.</summary>
    public const uint ConnectTimeoutS = 5;

    public int Index { get; }

    public string Name { get; }

    public int Weight { get; }

    /// <summary>With the password: for the probe alone.</summary>
    public string ConnectionString { get; }

    /// <summary>What the connection string lacks of password and certificates; or null.</summary>
    public ConnectionCredentials? Credentials { get; }

    /// <summary>Connections that are open now.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>The server refused a write because it is read-only; certainly, or perhaps.</summary>
    public Action<RoutedServer, bool>? WriteRefused { get; set; }

    /// <summary>A connection could not be opened, whoever tried.</summary>
    public Action<RoutedServer>? OpenFailed { get; set; }

    /// <summary>Openings under way that nobody needs to wait for when the host falls silent, by access.</summary>
    public PendingOpenings Openings(DatabaseAccess access) => access == DatabaseAccess.Write ? _writing : _reading;

    /// <summary>Set while the server can't be relied on to refuse our writes: then each opening asks it.</summary>
    public bool AsksBeforeWrites { get; set; }

    /// <summary>A connection that is not open yet.</summary>
    /// <param name="access">What for.</param>
    /// <param name="pools">Of one that shares the host; null for the router's own.</param>
    public MySqlConnection Create(DatabaseAccess access, ServerPools? pools = null)
    {
        var connection = (pools ?? _pools).Create(access);
        connection.StateChange += _stateChanged;
        return connection;
    }

    /// <summary>Adds pools of other settings, which follow the host's role like the router's own.</summary>
    /// <param name="settings">Without the host's address.</param>
    /// <param name="session">What every new connection begins with.</param>
    public ServerPools AddPools(MySqlConnectionStringBuilder settings, Func<MySqlConnection, DatabaseAccess, string> session)
    {
        var pools = new ServerPools(this, At(settings), Credentials, session, _logs);
        lock (_lock)
            _all = [.. _all, pools];
        return pools;
    }

    /// <summary>Forgets pools that were added; they are disposed by whom they belong to.</summary>
    public void RemovePools(ServerPools pools)
    {
        lock (_lock)
            _all = [.. _all.Where(p => p != pools)];
    }

    /// <summary>Closes connections that wait in the pools for writing, and those in use when they come back.</summary>
    public Task DiscardWritersAsync() => Task.WhenAll(_all.Select(pools => pools.DiscardWritersAsync()));

    public void Refused(bool isCertain) => WriteRefused?.Invoke(this, isCertain);

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

    /// <summary>A number in most versions; newer ones of MariaDB have words.</summary>
    public static bool IsOff(object? readOnly) => readOnly is 0L or 0UL or 0 or "0" or "OFF" or false;

    private string At(MySqlConnectionStringBuilder settings)
    {
        var builder = new MySqlConnectionStringBuilder(settings.ConnectionString) { Server = _address.Server, Port = (uint)_address.Port };
        if (!builder.ContainsKey("Connection Timeout"))
            builder.ConnectionTimeout = ConnectTimeoutS;
        return builder.ConnectionString;
    }

    private void CountOpen(object sender, StateChangeEventArgs change)
    {
        if (change.CurrentState == ConnectionState.Open)
            Interlocked.Increment(ref _inFlight);
        else if (change.OriginalState == ConnectionState.Open)
            Interlocked.Decrement(ref _inFlight);
        else if (change.OriginalState == ConnectionState.Connecting)
            OpenFailed?.Invoke(this);
    }
}
