using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Settlements.TestServers;

/// <summary>
/// A relay on a loopback port that simulates the network in front of a server: it can be cut and frozen. It doesn't parse the protocol, so
/// it works for replication, encrypted connections and clients. Thread-safe.
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

    /// <summary>The server's port on 127.0.0.1. A change applies to new connections.</summary>
    public int TargetPort { get; set; }

    /// <summary>Whether the link passes bytes.</summary>
    public bool IsOpen => !_isCut && WhenOpen.IsCompleted;

    /// <summary>Number of open connections.</summary>
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

    /// <summary>
    /// Resets all existing and new connections on both sides, as after the failure of a machine whose network still responds.
    /// </summary>
    public void Cut()
    {
        _isCut = true;
        foreach (var connection in _connections.Keys)
            connection.Cut();
    }

    /// <summary>
    /// Passes nothing in either direction, not even the end of a connection, and accepts connections, as after an unplugged cable.
    /// </summary>
    public void Freeze()
    {
        lock (_state)
        {
            if (_open.Task.IsCompleted)
                _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Passes bytes again, first those withheld by <see cref="Freeze"/>. Connections that were cut stay closed.</summary>
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
            // Checked after the connection is in the list: a concurrent Cut either finds it there or is detected here.
            if (_isCut)
                connection.Cut();
        }
    }
}
