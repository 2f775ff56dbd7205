using System.Diagnostics;
using System.Runtime.CompilerServices;
using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>Opens connections to chosen servers, and tries the next one when a server fails. Thread-safe.</summary>
/// <param name="monitor">The monitor of the servers.</param>
/// <param name="options">How a server is chosen.</param>
/// <param name="clock">The clock for lag and waits.</param>
/// <param name="pools">The pools of a store that shares the router, by server; null for the router's pools.</param>
internal sealed class ServerConnector(ServerMonitor monitor, RoutingOptions options, TimeProvider clock, ServerPools[]? pools = null)
{
    private readonly RouteChooser _chooser = new(options, clock);

    /// <summary>Opens a connection synchronously.</summary>
    public MySqlConnection Open(DatabaseAccess access, in ReadConsistency consistency)
    {
        for (var tried = 0UL; ;)
        {
            var connection = Create(access, consistency, tried, out var server);
            try
            {
                connection.Open();
                return connection;
            }
            catch (Exception e)
            {
                connection.Dispose();
                if (!OpenFailure.IsUnavailable(e) && !(OpenFailure.IsBusy(e) && access == DatabaseAccess.Read))
                    throw;
                if (OpenFailure.IsUnavailable(e))
                    monitor.ReportDown(server, e);
                tried |= 1UL << server.Index;
            }
        }
    }

    /// <summary>
    /// Creates a connection that the caller opens. Its server is chosen now; if it fails to open, no other server is tried.
    /// </summary>
    public MySqlConnection Create(DatabaseAccess access, in ReadConsistency consistency) => Create(access, consistency, tried: 0, out _);

    private MySqlConnection Create(DatabaseAccess access, in ReadConsistency consistency, ulong tried, out RoutedServer server)
    {
        var route = _chooser.Choose(monitor.Topology, access, consistency, affinity: null, tried, waits: false);
        server = route.Server ?? throw NoServer(access, consistency, failure: null);
        RoutingTelemetry.Routed(route);
        return server.Create(access, pools?[server.Index]);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<MySqlConnection> OpenAsync(
        DatabaseAccess access, ReadConsistency consistency, ServerAffinity? affinity, CancellationToken cancellationToken)
    {
        var tried = 0UL;
        var waits = true;
        Exception? failure = null;
        while (true)
        {
            var route = _chooser.Choose(monitor.Topology, access, consistency, affinity, tried, waits);
            if (route.Server is not { } server)
                throw NoServer(access, consistency, failure);
            var connection = server.Create(access, pools?[server.Index]);
            try
            {
                var opened = route.Reason == RouteReason.Waited
                    ? await OpenAndWaitAsync(connection, server, consistency.Token!, cancellationToken).ConfigureAwait(false)
                    : await OpenUnlessAbandonedAsync(connection, server, access, cancellationToken).ConfigureAwait(false);
                if (opened == Opened.Yes)
                {
                    RoutingTelemetry.Routed(route);
                    return connection;
                }

                waits &= opened != Opened.WithoutToken;
                tried |= opened == Opened.Abandoned ? 1UL << server.Index : 0;
                if (opened == Opened.Abandoned)
                    continue; // the connection is disposed when its opening completes
            }
            catch (Exception e) when (OpenFailure.IsUnavailable(e) && !cancellationToken.IsCancellationRequested)
            {
                monitor.ReportDown(server, e);
                tried |= 1UL << server.Index;
                failure = e;
            }
            catch (Exception e) when (OpenFailure.IsBusy(e) && access == DatabaseAccess.Read && !cancellationToken.IsCancellationRequested)
            {
                tried |= 1UL << server.Index;
                failure = e;
            }
            catch
            {
                await connection.DisposeAsync().ConfigureAwait(false);
                throw;
            }

            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Opens a connection. If the server stops responding meanwhile, the wait is abandoned, and the connection is disposed when its opening
    /// completes.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<Opened> OpenUnlessAbandonedAsync(
        MySqlConnection connection, RoutedServer server, DatabaseAccess access, CancellationToken cancellationToken)
    {
        var opening = connection.OpenAsync(cancellationToken);
        if (!await server.Pending(access).WaitAsync(opening).ConfigureAwait(false))
        {
            _ = DisposeWhenOpenedAsync(opening, connection);
            return Opened.Abandoned;
        }

        await opening.ConfigureAwait(false);
        return Opened.Yes;
    }

    private static async Task DisposeWhenOpenedAsync(Task opening, MySqlConnection connection)
    {
        await opening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<Opened> OpenAndWaitAsync(
        MySqlConnection connection, RoutedServer server, CausalToken token, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        var wait = new TokenWait(token, options.TokenWaitMax);
        TokenWait.Current = wait;
        Opened opened;
        try
        {
            opened = await OpenUnlessAbandonedAsync(connection, server, DatabaseAccess.Read, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            TokenWait.Current = null;
        }

        if (opened == Opened.Yes && !wait.IsReached)
            opened = Opened.WithoutToken;
        if (RoutingTelemetry.Waits.Enabled)
        {
            RoutingTelemetry.Waits.Record(
                clock.GetElapsedTime(began).TotalSeconds, new TagList { { "server", server.Name }, { "reached", opened == Opened.Yes } });
        }

        return opened;
    }

    private enum Opened
    {
        Yes,

        /// <summary>The replica did not reach the token in time.</summary>
        WithoutToken,

        /// <summary>The server stopped responding.</summary>
        Abandoned,
    }

    private RoutingException NoServer(DatabaseAccess access, in ReadConsistency consistency, Exception? failure)
    {
        RoutingTelemetry.Failures.Add(1, new KeyValuePair<string, object?>("access", access == DatabaseAccess.Write ? "write" : "read"));
        return NoServerMessage.Of(
            monitor.Topology, monitor.Topology.Describe(options, clock), access, consistency, options.Fallback, failure);
    }
}
