using System.Data;
using Microsoft.Extensions.Logging;
using MySqlConnector;
using Settlement.Routing;

namespace Settlement.MySql.Routing;

/// <summary>A host with its pools: one for writing, and one whose connections are read-only. A pool has no connection before its first use.</summary>
internal sealed class RoutedHost : IAsyncDisposable, IDisposable
{
    private readonly RefusalListener _refusals;
    private readonly MySqlDataSource _reader;
    private volatile MySqlDataSource _writer;
    private readonly PendingOpenings _writing = new();
    private readonly PendingOpenings _reading = new();
    private readonly StateChangeEventHandler _stateChanged;
    private readonly Func<MySqlConnection, Access, string>? _session;
    private int _inFlight;

    public RoutedHost(int index, HostAddress address, MySqlMultiHostOptions options, ILoggerFactory logs)
    {
        Index = index;
        Name = address.ToString();
        Weight = address.Weight;
        _session = options.Session;
        _stateChanged = CountOpen; // one delegate for all connections
        var builder = new MySqlConnectionStringBuilder(options.ConnectionString) { Server = address.Server, Port = (uint)address.Port };
        if (!builder.ContainsKey("Connection Timeout"))
            builder.ConnectionTimeout = ConnectTimeoutS;
        // A pooled connection is always reset: else what one user left in it, such as READ WRITE, would be the next one's.
        builder.ConnectionReset = options.IsReset;
        ConnectionString = builder.ConnectionString;
        _refusals = new RefusalListener(logs, isCertain => WriteRefused?.Invoke(this, isCertain));
        _writer = Source(_refusals, Access.Write);
        _reader = Source(logs, Access.Read);
    }

    /// <summary>When the connection string says nothing: 5 seconds, instead of the driver's 15.</summary>
    public const uint ConnectTimeoutS = 5;

    public int Index { get; }

    public string Name { get; }

    public int Weight { get; }

    /// <summary>With the password: for the probe alone.</summary>
    public string ConnectionString { get; }

    /// <summary>Connections that are open now.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>The server refused a write because it is read-only; certainly, or perhaps.</summary>
    public Action<RoutedHost, bool>? WriteRefused { get; set; }

    /// <summary>A connection could not be opened, whoever tried.</summary>
    public Action<RoutedHost>? OpenFailed { get; set; }

    /// <summary>Openings under way that nobody needs to wait for when the host falls silent, by access.</summary>
    public PendingOpenings Openings(Access access) => access == Access.Write ? _writing : _reading;

    /// <summary>Set while the server can't be relied on to refuse our writes: then each opening asks it.</summary>
    public bool AsksBeforeWrites { get; set; }

    /// <summary>A connection that is not open yet.</summary>
    public MySqlConnection Create(Access access)
    {
        var connection = access == Access.Write ? CreateWriter() : _reader.CreateConnection();
        connection.StateChange += _stateChanged;
        return connection;
    }

    /// <summary>Closes connections that wait in the pool for writing, and those in use when they come back. The next one is of a new pool.</summary>
    public async Task DiscardWritersAsync()
    {
        // The driver clears a data source's pool only with the data source.
        var old = Interlocked.Exchange(ref _writer, Source(_refusals, Access.Write));
        await old.DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync().ConfigureAwait(false);
        await _reader.DisposeAsync().ConfigureAwait(false);
    }

    public void Dispose()
    {
        _writer.Dispose();
        _reader.Dispose();
    }

    private MySqlConnection CreateWriter()
    {
        while (true)
        {
            var source = _writer;
            try
            {
                return source.CreateConnection();
            }
            catch (ObjectDisposedException) when (source != _writer)
            {
                // Its connections were discarded at this moment.
            }
        }
    }

    private MySqlDataSource Source(ILoggerFactory logs, Access access)
    {
        var name = access == Access.Write ? "writer" : "reader";
        // In a TransactionScope a reader would get the writer's session, which is not read-only.
        var settings = access == Access.Write ? ConnectionString : new MySqlConnectionStringBuilder(ConnectionString) { AutoEnlist = false }.ConnectionString;
        return new MySqlDataSourceBuilder(settings)
            .UseName($"{Name} {name}")
            .UseLoggerFactory(logs)
            .UseConnectionOpenedCallback((context, cancellationToken) => BeginAsync(context, access, cancellationToken))
            .Build();
    }

    private ValueTask BeginAsync(MySqlConnectionOpenedContext context, Access access, CancellationToken cancellationToken)
    {
        // A connection that was not reset has all this already.
        var connection = context.Connection;
        if (context.Conditions == MySqlConnectionOpenedConditions.None && TokenWait.Current is null && !AsksBeforeWrites)
            return default;
        var text = _session?.Invoke(connection, access) ?? (access == Access.Read ? "SET SESSION TRANSACTION READ ONLY" : "");
        return access == Access.Write
            ? BeginWritingAsync(connection, text, cancellationToken)
            : TokenWait.Current is { } wait ? wait.BeginAsync(connection, text, cancellationToken) : ExecuteAsync(connection, text, cancellationToken);
    }

    private async ValueTask BeginWritingAsync(MySqlConnection connection, string text, CancellationToken cancellationToken)
    {
        if (text.Length > 0)
            await ExecuteAsync(connection, text, cancellationToken).ConfigureAwait(false);
        if (!AsksBeforeWrites)
            return;
        var command = new MySqlCommand("SELECT @@global.read_only", connection);
        await using (command.ConfigureAwait(false))
        {
            var answer = await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
            if (!IsOff(answer))
            {
                WriteRefused?.Invoke(this, true);
                throw new RoutingException(
                    $"{Name} has become read-only, so no write is sent to it. Ask again: the new primary is looked for.", isTransient: true);
            }
        }
    }

    /// <summary>A number in most versions; newer ones of MariaDB have words.</summary>
    public static bool IsOff(object? readOnly) => readOnly is 0L or 0UL or 0 or "0" or "OFF" or false;

    private static async ValueTask ExecuteAsync(MySqlConnection connection, string text, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // texts of this library, without any of a user
        var command = new MySqlCommand(text, connection);
#pragma warning restore CA2100
        await using (command.ConfigureAwait(false))
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
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
