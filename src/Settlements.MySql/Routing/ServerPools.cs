using Microsoft.Extensions.Logging;
using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>
/// A host's connections with the same settings, in two pools: one for writing, and one whose connections are read-only. A pool has no connection
/// before its first use.
/// </summary>
internal sealed class ServerPools : IAsyncDisposable, IDisposable
{
    private readonly RoutedServer _host;
    private readonly Func<MySqlConnection, DatabaseAccess, string>? _session;
    private readonly ConnectionCredentials? _credentials;
    private readonly string _connectionString;
    private readonly RefusalListener _refusals;
    private readonly MySqlDataSource _reader;
    private volatile MySqlDataSource _writer;

    /// <param name="host">Whose they are.</param>
    /// <param name="connectionString">With the host's address.</param>
    /// <param name="credentials">The password and certificates that it doesn't hold; or null.</param>
    /// <param name="session">What every new connection begins with, by what it is for; null for nothing.</param>
    /// <param name="logs">Where the driver logs.</param>
    public ServerPools(
        RoutedServer host, string connectionString, ConnectionCredentials? credentials, Func<MySqlConnection, DatabaseAccess, string>? session, ILoggerFactory logs)
    {
        (_host, _connectionString, _credentials, _session) = (host, connectionString, credentials, session);
        _refusals = new RefusalListener(logs, host.Refused);
        _writer = Source(_refusals, DatabaseAccess.Write);
        _reader = Source(logs, DatabaseAccess.Read);
    }

    /// <summary>A connection that is not open yet.</summary>
    public MySqlConnection Create(DatabaseAccess access)
    {
        var connection = access == DatabaseAccess.Write ? CreateWriter() : _reader.CreateConnection();
        _credentials?.Apply(connection);
        return connection;
    }

    /// <summary>Closes connections that wait in the pool for writing, and those in use when they come back. The next one is of a new pool.</summary>
    public async Task DiscardWritersAsync()
    {
        // The driver clears a data source's pool only with the data source.
        var old = Interlocked.Exchange(ref _writer, Source(_refusals, DatabaseAccess.Write));
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

    private MySqlDataSource Source(ILoggerFactory logs, DatabaseAccess access)
    {
        var name = access == DatabaseAccess.Write ? "writer" : "reader";
        // In a TransactionScope a reader would get the writer's session, which is not read-only.
        var settings = access == DatabaseAccess.Write ? _connectionString : new MySqlConnectionStringBuilder(_connectionString) { AutoEnlist = false }.ConnectionString;
        var builder = new MySqlDataSourceBuilder(settings)
            .UseName($"{_host.Name} {name}")
            .UseLoggerFactory(logs)
            .UseConnectionOpenedCallback((context, cancellationToken) => BeginAsync(context, access, cancellationToken));
        _credentials?.Apply(builder);
        return builder.Build();
    }

    private ValueTask BeginAsync(MySqlConnectionOpenedContext context, DatabaseAccess access, CancellationToken cancellationToken)
    {
        // A connection that was not reset has all this already.
        var connection = context.Connection;
        if (context.Conditions == MySqlConnectionOpenedConditions.None && TokenWait.Current is null && !_host.AsksBeforeWrites)
            return default;
        var text = _session?.Invoke(connection, access) ?? (access == DatabaseAccess.Read ? "SET SESSION TRANSACTION READ ONLY" : "");
        return access == DatabaseAccess.Write
            ? BeginWritingAsync(connection, text, cancellationToken)
            : TokenWait.Current is { } wait ? wait.BeginAsync(connection, text, cancellationToken) : ExecuteAsync(connection, text, cancellationToken);
    }

    private async ValueTask BeginWritingAsync(MySqlConnection connection, string text, CancellationToken cancellationToken)
    {
        if (text.Length > 0)
            await ExecuteAsync(connection, text, cancellationToken).ConfigureAwait(false);
        if (!_host.AsksBeforeWrites)
            return;
        var command = new MySqlCommand("SELECT @@global.read_only", connection);
        await using (command.ConfigureAwait(false))
        {
            var answer = await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
            if (!RoutedServer.IsOff(answer))
            {
                _host.Refused(isCertain: true);
                throw new RoutingException(
                    $"{_host.Name} has become read-only, so no write is sent to it. Ask again: the new primary is looked for.", isTransient: true);
            }
        }
    }

    private static async ValueTask ExecuteAsync(MySqlConnection connection, string text, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // texts of this library, without any of a user
        var command = new MySqlCommand(text, connection);
#pragma warning restore CA2100
        await using (command.ConfigureAwait(false))
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
