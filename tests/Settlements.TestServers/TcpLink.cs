using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Settlements.TestServers;

/// <summary>
/// A relay on a loopback port that stands for the network before a server: it can be cut, and it can hang. It knows no protocol, so it serves
/// replication, encrypted connections and clients alike. Thread-safe.
/// </summary>
public sealed class TcpLink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpLinkConnection, bool> _connections = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _state = new();
    private readonly Task _accepting;
    private TaskCompletionSource _open = Opened();
    private volatile bool _isCut;

    private TcpLink(int targetPort)
    {
        TargetPort = targetPort;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>The port on 127.0.0.1 that clients connect to.</summary>
    public int Port { get; }

    /// <summary>The server's port on 127.0.0.1. Another one counts for connections from then on.</summary>
    public int TargetPort { get; set; }

    /// <summary>Whether bytes pass.</summary>
    public bool IsOpen => !_isCut && WhenOpen.IsCompleted;

    /// <summary>How many connections there are now.</summary>
    public int Connections => _connections.Count;

    internal Task WhenOpen
    {
        get
        {
            lock (_state)
                return _open.Task;
        }
    }

    public static TcpLink Start(int targetPort) => new(targetPort);

    /// <summary>Resets all connections on both sides, and new ones as they come, as after the loss of a host whose network still answers.</summary>
    public void Cut()
    {
        _isCut = true;
        foreach (var connection in _connections.Keys)
            connection.Cut();
    }

    /// <summary>
    /// Passes nothing more in either direction, not even an end, and still accepts connections: as after the loss of a cable, nobody is told.
    /// </summary>
    public void Freeze()
    {
        lock (_state)
        {
            if (_open.Task.IsCompleted)
                _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>All passes again; what was held by <see cref="Freeze"/> first. Connections that were cut stay so.</summary>
    public void Restore()
    {
        _isCut = false;
        lock (_state)
            _open.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Cut();
        await Task.WhenAll(_connections.Keys.Select(c => c.Ended));
        _stop.Dispose();
    }

    private static TaskCompletionSource Opened()
    {
        var opened = new TaskCompletionSource();
        opened.SetResult();
        return opened;
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var connection = new TcpLinkConnection(this, await _listener.AcceptSocketAsync(_stop.Token));
            _connections[connection] = true;
            connection.Start(() => _connections.TryRemove(connection, out _));
            // After it is known to Cut: that either finds it there, or is seen here.
            if (_isCut)
                connection.Cut();
        }
    }
}
