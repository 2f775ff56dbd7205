using System.Diagnostics;
using System.Runtime.CompilerServices;
using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>Opens connections to chosen hosts, and goes on to the next one when a host fails. Thread-safe.</summary>
/// <param name="monitor">Watches the hosts.</param>
/// <param name="options">How one is chosen.</param>
/// <param name="clock">For lag and waits.</param>
/// <param name="pools">Of one that shares the router, by host; null for the router's own.</param>
internal sealed class ServerConnector(ServerMonitor monitor, RoutingOptions options, TimeProvider clock, ServerPools[]? pools = null)
{
    private readonly RouteChooser _chooser = new(options, clock);

    /// <summary>A connection, opened while its caller is blocked.</summary>
    public MySqlConnection Open(DatabaseAccess access, in ReadConsistency consistency)
    {
        for (var tried = 0UL; ;)
        {
            var connection = Create(access, consistency, tried, out var host);
            try
            {
                connection.Open();
                return connection;
            }
            catch (Exception e)
            {
                connection.Dispose();
                if (!OpenFailure.IsAway(e) && !(OpenFailure.IsBusy(e) && access == DatabaseAccess.Read))
                    throw;
                if (OpenFailure.IsAway(e))
                    monitor.ReportDown(host, e);
                tried |= 1UL << host.Index;
            }
        }
    }

    /// <summary>A connection that its user opens. The host is chosen now, without trying another when it fails to open.</summary>
    public MySqlConnection Create(DatabaseAccess access, in ReadConsistency consistency) => Create(access, consistency, tried: 0, out _);

    private MySqlConnection Create(DatabaseAccess access, in ReadConsistency consistency, ulong tried, out RoutedServer host)
    {
        var route = _chooser.Choose(monitor.Topology, access, consistency, affinity: null, tried, waits: false);
        host = route.Host ?? throw NoHost(access, consistency, failure: null);
        RoutingTelemetry.Routed(route);
        return host.Create(access, pools?[host.Index]);
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
            if (route.Host is not { } host)
                throw NoHost(access, consistency, failure);
            var connection = host.Create(access, pools?[host.Index]);
            try
            {
                var opened = route.Reason == RouteReason.Waited
                    ? await OpenAndWaitAsync(connection, host, consistency.Token!, cancellationToken).ConfigureAwait(false)
                    : await OpenUnlessSilentAsync(connection, host, access, cancellationToken).ConfigureAwait(false);
                if (opened == Opened.Yes)
                {
                    RoutingTelemetry.Routed(route);
                    return connection;
                }

                waits &= opened != Opened.WithoutToken;
                tried |= opened == Opened.GivenUp ? 1UL << host.Index : 0;
                if (opened == Opened.GivenUp)
                    continue; // it is ended when the network lets it
            }
            catch (Exception e) when (OpenFailure.IsAway(e) && !cancellationToken.IsCancellationRequested)
            {
                monitor.ReportDown(host, e);
                tried |= 1UL << host.Index;
                failure = e;
            }
            catch (Exception e) when (OpenFailure.IsBusy(e) && access == DatabaseAccess.Read && !cancellationToken.IsCancellationRequested)
            {
                tried |= 1UL << host.Index;
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

    /// <summary>Opens, unless the host falls silent meanwhile: then the opening is left to itself, and ended when it ends.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<Opened> OpenUnlessSilentAsync(MySqlConnection connection, RoutedServer host, DatabaseAccess access, CancellationToken cancellationToken)
    {
        var opening = connection.OpenAsync(cancellationToken);
        if (!await host.Openings(access).WaitAsync(opening).ConfigureAwait(false))
        {
            _ = EndLaterAsync(opening, connection);
            return Opened.GivenUp;
        }

        await opening.ConfigureAwait(false);
        return Opened.Yes;
    }

    private static async Task EndLaterAsync(Task opening, MySqlConnection connection)
    {
        await opening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<Opened> OpenAndWaitAsync(MySqlConnection connection, RoutedServer host, CausalToken token, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        var wait = new TokenWait(token, options.TokenWaitMax);
        TokenWait.Current = wait;
        Opened opened;
        try
        {
            opened = await OpenUnlessSilentAsync(connection, host, DatabaseAccess.Read, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            TokenWait.Current = null;
        }

        if (opened == Opened.Yes && !wait.IsReached)
            opened = Opened.WithoutToken;
        if (RoutingTelemetry.Waits.Enabled)
            RoutingTelemetry.Waits.Record(clock.GetElapsedTime(began).TotalSeconds, new TagList { { "host", host.Name }, { "reached", opened == Opened.Yes } });
        return opened;
    }

    private enum Opened
    {
        Yes,

        /// <summary>The replica had not the token in time.</summary>
        WithoutToken,

        /// <summary>The host fell silent.</summary>
        GivenUp,
    }

    private RoutingException NoHost(DatabaseAccess access, in ReadConsistency consistency, Exception? failure)
    {
        RoutingTelemetry.Failures.Add(1, new KeyValuePair<string, object?>("access", access == DatabaseAccess.Write ? "write" : "read"));
        return NoServerMessage.Of(monitor.Topology, monitor.Topology.Describe(options, clock), access, consistency, options.Fallback, failure);
    }
}
