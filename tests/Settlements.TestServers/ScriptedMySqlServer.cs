using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Settlements.TestServers;

/// <summary>
/// A server on a loopback port that is none: it speaks MySQL's client protocol, names the version it is told, and answers from a script. For
/// what can't be asked of a real server here, such as MySQL's own replication state. It accepts every user and password, knows no encryption
/// and no prepared statements. Thread-safe.
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

    /// <summary>As a client is told, for example <c>8.4.3</c>.</summary>
    public string Version { get; }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    public string ConnectionString => $"Server=127.0.0.1;Port={Port};User ID=app;Password=any;SslMode=None";

    /// <summary>
    /// The script, called from any thread: first with a whole command; where that gives null and the command has several statements, with each of
    /// them; where that gives null too, what a driver sends by itself is answered (<c>SET</c>, <c>COMMIT</c>, …), and all else is error 1064.
    /// </summary>
    public Func<string, ScriptedAnswer?> Answer
    {
        get => _answer;
        set => _answer = value;
    }

    /// <summary>All that clients have sent, in the order of arrival.</summary>
    public IReadOnlyList<ScriptedCommand> Received => [.. _received];

    /// <summary>How many clients are connected now.</summary>
    public int Connections => _connections.Count;

    /// <summary>Starts a server.</summary>
    /// <param name="version">The version it names, for example <c>8.4.3</c>.</param>
    /// <param name="answer">See <see cref="Answer"/>.</param>
    public static ScriptedMySqlServer Start(string version, Func<string, ScriptedAnswer?> answer) => new(version, answer);

    /// <summary>The SQL that one connection has sent.</summary>
    /// <param name="connection">Its number, from 1 as they come: <c>MySqlConnection.ServerThread</c>.</param>
    public IReadOnlyList<string> SqlOf(int connection) => [.. _received.Where(c => c.Connection == connection && c.IsSql).Select(c => c.Text)];

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

    /// <summary>Interrupts what a connection executes.</summary>
    /// <returns>Whether the connection is there.</returns>
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

/// <summary>What a client sent to a scripted server.</summary>
/// <param name="Connection">The connection's number, from 1, in order of opening.</param>
/// <param name="Text">SQL, several statements where they came together; or the protocol's name of another command, such as <c>COM_RESET_CONNECTION</c>.</param>
/// <param name="IsSql">Whether it is SQL.</param>
public sealed record ScriptedCommand(int Connection, string Text, bool IsSql);
