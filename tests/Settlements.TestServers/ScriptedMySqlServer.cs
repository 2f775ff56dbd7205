using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Settlements.TestServers;

/// <summary>
/// A fake server on a loopback port: it implements MySQL's client protocol with a given version and responses from a script, for behaviour
/// that a MariaDB server can't show, such as MySQL's replication state. It accepts every user and password and supports neither encryption
/// nor prepared statements. Thread-safe.
/// </summary>
public sealed class ScriptedMySqlServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<int, ScriptedConnection> _connections = new();
    private readonly ConcurrentQueue<ScriptedCommand> _received = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private volatile Func<string, ScriptedAnswer?> _answer;

    private ScriptedMySqlServer(string version, Func<string, ScriptedAnswer?> answer)
    {
        (Version, _answer) = (version, answer);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>The version reported to clients, for example <c>8.4.3</c>.</summary>
    public string Version { get; }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    public string ConnectionString => $"Server=127.0.0.1;Port={Port};User ID=app;Password=any;SslMode=None";

    /// <summary>
    /// The script, called from any thread: first with a complete command; if that returns null and the command has several statements, with
    /// each of them. If that returns null too, statements of the driver (<c>SET</c>, <c>COMMIT</c>, …) succeed, and all others are error
    /// 1064.
    /// </summary>
    public Func<string, ScriptedAnswer?> Answer
    {
        get => _answer;
        set => _answer = value;
    }

    /// <summary>All commands received from clients, in the order of arrival.</summary>
    public IReadOnlyList<ScriptedCommand> Received => [.. _received];

    /// <summary>Number of connected clients.</summary>
    public int Connections => _connections.Count;

    /// <summary>Starts a server.</summary>
    /// <param name="version">The reported version, for example <c>8.4.3</c>.</param>
    /// <param name="answer">See <see cref="Answer"/>.</param>
    public static ScriptedMySqlServer Start(string version, Func<string, ScriptedAnswer?> answer) => new(version, answer);

    /// <summary>Returns the SQL that a connection has sent.</summary>
    /// <param name="connection">The connection's number, from 1, in order of opening: <c>MySqlConnection.ServerThread</c>.</param>
    public IReadOnlyList<string> SqlOf(int connection) =>
        [.. _received.Where(c => c.Connection == connection && c.IsSql).Select(c => c.Text)];

    /// <summary>Resets all connections.</summary>
    public void CutAll()
    {
        foreach (var connection in _connections.Values)
            connection.Cut();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        CutAll();
        await Task.WhenAll(_connections.Values.Select(c => c.Ended));
        _stop.Dispose();
    }

    internal void Record(ScriptedCommand command) => _received.Enqueue(command);

    /// <summary>Interrupts the executing command of a connection.</summary>
    /// <returns>Whether the connection exists.</returns>
    internal bool Interrupt(int connection)
    {
        if (!_connections.TryGetValue(connection, out var found))
            return false;
        found.Interrupt();
        return true;
    }

    private async Task AcceptAsync()
    {
        for (var number = 1; ; number++)
        {
            var connection = new ScriptedConnection(this, number, await _listener.AcceptSocketAsync(_stop.Token));
            _connections[number] = connection;
            connection.Start(() => _connections.TryRemove(connection.Number, out _));
        }
    }
}

/// <summary>A command that a client sent to a scripted server.</summary>
/// <param name="Connection">The connection's number, from 1, in order of opening.</param>
/// <param name="Text">
/// The SQL, possibly of several statements, or the protocol's name of another command, such as <c>COM_RESET_CONNECTION</c>.
/// </param>
/// <param name="IsSql">Whether the command is SQL.</param>
public sealed record ScriptedCommand(int Connection, string Text, bool IsSql);
