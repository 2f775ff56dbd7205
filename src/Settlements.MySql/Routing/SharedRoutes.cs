using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>
/// Connections with settings of their own over a router's hosts: its probes and what they find are shared, its pools are not. Thread-safe.
/// </summary>
internal sealed class SharedRoutes : IAsyncDisposable, IDisposable
{
    private readonly MySqlMultiHostDataSource _router;
    private readonly RoutedServer[] _hosts;
    private readonly ServerPools[] _pools;
    private readonly ServerConnector _opener;

    public SharedRoutes(
        MySqlMultiHostDataSource router, RoutedServer[] hosts, ServerMonitor monitor, MySqlConnectionStringBuilder settings,
        Func<MySqlConnection, DatabaseAccess, string> session, RoutingOptions routing, TimeProvider clock)
    {
        (_router, _hosts) = (router, hosts);
        _pools = [.. hosts.Select(host => host.AddPools(settings, session))];
        _opener = new ServerConnector(monitor, routing, clock, _pools);
    }

    /// <summary>A connection, of the host that the router would choose.</summary>
    public async ValueTask<MySqlConnection> OpenConnectionAsync(DatabaseAccess access, ReadConsistency consistency, CancellationToken cancellationToken)
    {
        await _router.StartAsync(cancellationToken).ConfigureAwait(false);
        return await _opener.OpenAsync(access, consistency, affinity: null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What the primary has committed by now.</summary>
    public async Task<CausalToken> ReadPositionAsync(CancellationToken cancellationToken)
    {
        var connection = await OpenConnectionAsync(DatabaseAccess.Read, ReadConsistency.Primary, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
            return await Tokens.ReadPositionAsync(connection, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        for (var i = 0; i < _hosts.Length; i++)
        {
            _hosts[i].RemovePools(_pools[i]);
            await _pools[i].DisposeAsync().ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        for (var i = 0; i < _hosts.Length; i++)
        {
            _hosts[i].RemovePools(_pools[i]);
            _pools[i].Dispose();
        }
    }
}
