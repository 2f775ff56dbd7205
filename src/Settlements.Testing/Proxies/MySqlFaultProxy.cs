using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Settlements.Testing;

/// <summary>
/// A proxy on a loopback port for a MySQL or MariaDB server that reads every SQL command and can drop the command, its response or the
/// connection. It parses the protocol, so connections have to be unencrypted (<c>SslMode=None</c>). Thread-safe.
/// </summary>
public sealed class MySqlFaultProxy : IAsyncDisposable
{
    private readonly string _host;
    private readonly int _port;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<int, ProxiedConnection> _connections = new();
    private readonly Task _accepting;
    private int _last;
    private long _commands;

    private MySqlFaultProxy(string host, int port)
    {
        (_host, _port) = (host, port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>The port on 127.0.0.1 that clients connect to.</summary>
    public int Port { get; }

    /// <summary>Number of SQL commands received from clients.</summary>
    public long Commands => Interlocked.Read(ref _commands);

    /// <summary>Chooses the fault of each command; called from any thread. Null injects none.</summary>
    public Func<ProxiedCommand, ProxyFault>? OnCommand { get; set; }

    /// <summary>Whether new connections are reset immediately; existing ones are not affected.</summary>
    public bool RefusesConnections { get; set; }

    /// <summary>Starts a proxy.</summary>
    /// <param name="host">The server's name or address.</param>
    /// <param name="port">Its port.</param>
    /// <returns>The proxy, listening.</returns>
    public static MySqlFaultProxy Start(string host, int port) => new(host, port);

    /// <summary>Resets all connections, to the clients and to the server.</summary>
    public void CutAll()
    {
        foreach (var connection in _connections.Values)
            connection.Cut();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        CutAll();
        await Task.WhenAll(_connections.Values.Select(c => c.Ended)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    internal ProxyFault Decide(int connection, string text)
    {
        Interlocked.Increment(ref _commands);
        return OnCommand?.Invoke(new ProxiedCommand(connection, text)) ?? ProxyFault.None;
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var client = await _listener.AcceptSocketAsync(_stop.Token).ConfigureAwait(false);
            if (RefusesConnections)
            {
                client.LingerState = new LingerOption(enable: true, seconds: 0);
                client.Dispose();
                continue;
            }

            var number = Interlocked.Increment(ref _last);
            var connection = new ProxiedConnection(this, number, client);
            _connections[number] = connection;
            connection.Start(_host, _port, () => _connections.TryRemove(number, out _));
        }
    }
}
