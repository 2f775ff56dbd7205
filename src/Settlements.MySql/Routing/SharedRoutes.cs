using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>
/// Connections with other settings over a router's servers. The router's probes and topology are shared; its pools are not. Thread-safe.
/// </summary>
internal sealed class SharedRoutes : IAsyncDisposable, IDisposable
{
    private readonly MySqlMultiHostDataSource _router;
    private readonly RoutedServer[] _servers;
    private readonly ServerPools[] _pools;
    private readonly ServerConnector _connector;

    public SharedRoutes(
        MySqlMultiHostDataSource router, RoutedServer[] servers, ServerMonitor monitor, MySqlConnectionStringBuilder settings,
        Func<MySqlConnection, DatabaseAccess, string> session, RoutingOptions routing, TimeProvider clock)
    {
        (_router, _servers) = (router, servers);
        _pools = [.. servers.Select(server => server.AddPools(settings, session))];
        _connector = new ServerConnector(monitor, routing, clock, _pools);
    }

    /// <summary>Opens a connection to the server that the router chooses.</summary>
    public async ValueTask<MySqlConnection> OpenConnectionAsync(
        DatabaseAccess access, ReadConsistency consistency, CancellationToken cancellationToken)
    {
        await _router.StartAsync(cancellationToken).ConfigureAwait(false);
        return await _connector.OpenAsync(access, consistency, affinity: null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the primary's current position.</summary>
    public async Task<CausalToken> ReadPositionAsync(CancellationToken cancellationToken)
    {
        var connection = await OpenConnectionAsync(DatabaseAccess.Read, ReadConsistency.Primary, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
            return await Tokens.ReadPositionAsync(connection, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        for (var i = 0; i < _servers.Length; i++)
        {
            _servers[i].RemovePools(_pools[i]);
            await _pools[i].DisposeAsync().ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        for (var i = 0; i < _servers.Length; i++)
        {
            _servers[i].RemovePools(_pools[i]);
            _pools[i].Dispose();
        }
    }
}
