using Microsoft.Extensions.Logging;
using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>
/// A server's connections with the same settings, in two pools: one for writing, and one of read-only connections. A pool opens no
/// connection before its first use.
/// </summary>
internal sealed class ServerPools : IAsyncDisposable, IDisposable
{
    private readonly RoutedServer _server;
    private readonly Func<MySqlConnection, DatabaseAccess, string>? _session;
    private readonly ConnectionCredentials? _credentials;
    private readonly string _connectionString;
    private readonly RefusalListener _refusals;
    private readonly MySqlDataSource _reader;
    private volatile MySqlDataSource _writer;

    /// <param name="server">The server.</param>
    /// <param name="connectionString">The connection string, with the server's address.</param>
    /// <param name="credentials">The password and certificates that it doesn't contain; null for none.</param>
    /// <param name="session">The statements that initialize a new connection, by access; null for none.</param>
    /// <param name="logs">The driver's loggers.</param>
    public ServerPools(
        RoutedServer server, string connectionString, ConnectionCredentials? credentials,
        Func<MySqlConnection, DatabaseAccess, string>? session, ILoggerFactory logs)
    {
        (_server, _connectionString, _credentials, _session) = (server, connectionString, credentials, session);
        _refusals = new RefusalListener(logs, server.ReportRefusal);
        _writer = Source(_refusals, DatabaseAccess.Write);
        _reader = Source(logs, DatabaseAccess.Read);
    }

    /// <summary>Creates a closed connection.</summary>
    public MySqlConnection Create(DatabaseAccess access)
    {
        var connection = access == DatabaseAccess.Write ? CreateWriter() : _reader.CreateConnection();
        _credentials?.Apply(connection);
        return connection;
    }

    /// <summary>
    /// Closes idle connections for writing, and those in use when they are returned. The next connection is created by a new pool.
    /// </summary>
    public async Task DiscardWritersAsync()
    {
        // The driver clears a data source's pool only when the data source is disposed.
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
                // The pool was replaced concurrently; use the new one.
            }
        }
    }

    private MySqlDataSource Source(ILoggerFactory logs, DatabaseAccess access)
    {
        var name = access == DatabaseAccess.Write ? "writer" : "reader";
        // In a TransactionScope a reader would get the writer's connection session, which is not read-only.
        var settings = access == DatabaseAccess.Write
            ? _connectionString
            : new MySqlConnectionStringBuilder(_connectionString) { AutoEnlist = false }.ConnectionString;
        var builder = new MySqlDataSourceBuilder(settings)
            .UseName($"{_server.Name} {name}")
            .UseLoggerFactory(logs)
            .UseConnectionOpenedCallback((context, cancellationToken) => BeginAsync(context, access, cancellationToken));
        _credentials?.Apply(builder);
        return builder.Build();
    }

    private ValueTask BeginAsync(MySqlConnectionOpenedContext context, DatabaseAccess access, CancellationToken cancellationToken)
    {
        // A connection that was not reset is initialized already.
        var connection = context.Connection;
        if (context.Conditions == MySqlConnectionOpenedConditions.None && TokenWait.Current is null && !_server.ChecksReadOnlyOnOpen)
            return default;
        var text = context.Conditions == MySqlConnectionOpenedConditions.None && access == DatabaseAccess.Write
            ? ""
            : _session?.Invoke(connection, access) ?? (access == DatabaseAccess.Read ? "SET SESSION TRANSACTION READ ONLY" : "");
        return access == DatabaseAccess.Write
            ? BeginWritingAsync(connection, text, cancellationToken)
            : TokenWait.Current is { } wait
                ? wait.BeginAsync(connection, text, cancellationToken)
                : ExecuteAsync(connection, text, cancellationToken);
    }

    private async ValueTask BeginWritingAsync(MySqlConnection connection, string text, CancellationToken cancellationToken)
    {
        if (text.Length > 0)
            await ExecuteAsync(connection, text, cancellationToken).ConfigureAwait(false);
        if (!_server.ChecksReadOnlyOnOpen)
            return;
        var command = new MySqlCommand("SELECT @@global.read_only", connection);
        await using (command.ConfigureAwait(false))
        {
            var answer = await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
            if (!RoutedServer.IsOff(answer))
            {
                _server.ReportRefusal(isCertain: true);
                throw new RoutingException(
                    $"Server {_server.Name} has become read-only, so no write is sent to it. Retry later: "
                        + "the servers are probed for the new primary.",
                    isTransient: true);
            }
        }
    }

    private static ValueTask ExecuteAsync(MySqlConnection connection, string text, CancellationToken cancellationToken) =>
        SessionStart.InitializeAsync(connection, text, cancellationToken);
}
