using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>Chooses a server from a topology snapshot, without blocking and without allocating. Thread-safe.</summary>
internal sealed class RouteChooser(RoutingOptions options, TimeProvider clock)
{
    [ThreadStatic]
    private static ServerLoad[]? _loads;

    /// <summary>Chooses a server.</summary>
    /// <param name="topology">The topology snapshot.</param>
    /// <param name="access">Read or write.</param>
    /// <param name="consistency">The required freshness of a read.</param>
    /// <param name="affinity">The server that the causal session reads from; null outside of a session.</param>
    /// <param name="tried">The servers that failed this request, one bit per index.</param>
    /// <param name="waits">Whether the request may wait for its token; false after a wait timed out.</param>
    public Route Choose(
        Topology topology, DatabaseAccess access, in ReadConsistency consistency, ServerAffinity? affinity, ulong tried, bool waits)
    {
        if (access == DatabaseAccess.Write)
            return new Route(Usable(topology.Primary, tried), RouteReason.Write);
        var before = affinity?.Server;
        var route = before is not null
            ? InSession(topology, before, consistency, tried, waits)
            : consistency.Kind == ReadConsistencyKind.Primary
                ? new Route(Usable(topology.Primary, tried), RouteReason.Primary)
                : AmongReplicas(topology, consistency, tried, waits);
        if (affinity is null || route.Server is not { } chosen || chosen.Name == before)
            return route;
        // Another read of the session chose a server concurrently: use that server.
        return affinity.TryMove(before, chosen.Name) ? route : Choose(topology, access, consistency, affinity, tried, waits);
    }

    /// <summary>
    /// A server never loses transactions, so the session stays on its server; otherwise it moves to the primary, which has everything that
    /// any replica has.
    /// </summary>
    private Route InSession(Topology topology, string name, in ReadConsistency consistency, ulong tried, bool waits)
    {
        if (topology.Primary?.Server.Name != name && topology.Find(name) is { State: ServerState.Up } view
            && Usable(view, tried) is { } server)
        {
            switch (consistency.Kind)
            {
                case ReadConsistencyKind.Eventual when view.IsTrusted:
                case ReadConsistencyKind.AtMostStale when IsFresh(view, consistency.Staleness):
                case ReadConsistencyKind.After when HasReached(view, consistency.Token!):
                    return new Route(server, RouteReason.Session);
                case ReadConsistencyKind.After when CanWait(view, consistency.Token!, waits):
                    return new Route(server, RouteReason.Waited);
            }
        }

        if (consistency.Kind == ReadConsistencyKind.Primary)
            return new Route(Usable(topology.Primary, tried), RouteReason.Primary);
        var isAtPrimary = topology.Primary?.Server.Name == name; // the session was routed to the primary before
        return new Route(
            isAtPrimary || options.Fallback == ReplicaFallback.Primary ? Usable(topology.Primary, tried) : null, RouteReason.Fallback);
    }

    private Route AmongReplicas(Topology topology, in ReadConsistency consistency, ulong tried, bool waits)
    {
        Span<int> candidates = stackalloc int[MySqlMultiHostOptions.ServersMax];
        var known = Collect(topology, consistency, tried, candidates, waiting: false);
        if (known > 0)
        {
            return new Route(
                Balance(topology, candidates[..known]),
                consistency.Kind == ReadConsistencyKind.After ? RouteReason.KnownPast : RouteReason.Fresh);
        }

        if (consistency.Kind == ReadConsistencyKind.After && waits
            && Collect(topology, consistency, tried, candidates, waiting: true) is > 0 and var waiting)
        {
            return new Route(Balance(topology, candidates[..waiting]), RouteReason.Waited);
        }

        if (options.Fallback == ReplicaFallback.Primary && Usable(topology.Primary, tried) is { } primary)
            return new Route(primary, RouteReason.Fallback);
        if (consistency.Kind == ReadConsistencyKind.Eventual && CollectAny(topology, tried, candidates) is > 0 and var any)
            return new Route(Balance(topology, candidates[..any]), RouteReason.LastResort);
        return new Route(null, RouteReason.Fallback);
    }

    private int Collect(Topology topology, in ReadConsistency consistency, ulong tried, Span<int> candidates, bool waiting)
    {
        var count = 0;
        var servers = topology.Servers;
        for (var i = 0; i < servers.Length; i++)
        {
            var view = servers[i];
            if (view is not { State: ServerState.Up, Role: ServerRole.Replica } || Usable(view, tried) is null)
                continue;
            var fits = consistency.Kind switch
            {
                ReadConsistencyKind.AtMostStale => IsFresh(view, consistency.Staleness),
                ReadConsistencyKind.After => waiting
                    ? CanWait(view, consistency.Token!, waits: true)
                    : HasReached(view, consistency.Token!),
                _ => IsFresh(view, options.ReplicaLagMax),
            };
            if (fits)
                candidates[count++] = i;
        }

        return count;
    }

    private static int CollectAny(Topology topology, ulong tried, Span<int> candidates)
    {
        var count = 0;
        for (var i = 0; i < topology.Servers.Length; i++)
        {
            if (topology.Servers[i] is { IsUsable: true, IsTrusted: true } view && Usable(view, tried) is not null)
                candidates[count++] = i;
        }

        return count;
    }

    private RoutedServer Balance(Topology topology, ReadOnlySpan<int> candidates)
    {
        if (candidates.Length == 1)
            return topology.Servers[candidates[0]].Server;
        var loads = _loads ??= new ServerLoad[MySqlMultiHostOptions.ServersMax];
        for (var i = 0; i < candidates.Length; i++)
        {
            var server = topology.Servers[candidates[i]].Server;
            loads[i] = new ServerLoad(server.Name, server.Weight, server.InFlight);
        }

        return topology.Servers[candidates[options.Balancer.Choose(loads.AsSpan(0, candidates.Length))]].Server;
    }

    /// <summary>
    /// Returns whether a server has everything that was committed longer ago than the staleness. A stopped replica is not fresh, even if
    /// nothing was written since.
    /// </summary>
    private bool IsFresh(ServerView view, TimeSpan staleness) =>
        view.IsReplicating && view.FreshAsOf is { } since && clock.GetElapsedTime(since) <= staleness;

    /// <summary>Returns whether a server is known to have reached a token.</summary>
    private static bool HasReached(ServerView view, CausalToken token) => view.IsTrusted && token.IsCoveredBy(view.Position);

    private bool CanWait(ServerView view, CausalToken token, bool waits) =>
        waits && options.TokenWaitMax > TimeSpan.Zero && view.IsApplying && view.Facts!.IsMariaDb != token.IsMySql
        && IsFresh(view, options.ReplicaLagMax);

    private static RoutedServer? Usable(ServerView? view, ulong tried) =>
        view is null || (tried >> view.Server.Index & 1) != 0 ? null : view.Server;
}
