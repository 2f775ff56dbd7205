using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>Chooses a host by one picture of all. Waits for nothing, and allocates nothing. Thread-safe.</summary>
internal sealed class RouteChooser(RoutingOptions options, TimeProvider clock)
{
    [ThreadStatic]
    private static ServerLoad[]? _loads;

    /// <param name="topology">The picture.</param>
    /// <param name="access">What for.</param>
    /// <param name="consistency">How fresh a read has to be.</param>
    /// <param name="affinity">Where the session reads; null outside of one.</param>
    /// <param name="tried">Hosts that failed this request, a bit for each.</param>
    /// <param name="waits">Whether waiting for a token is still possible; not after it was in vain.</param>
    public Route Choose(Topology topology, DatabaseAccess access, in ReadConsistency consistency, ServerAffinity? affinity, ulong tried, bool waits)
    {
        if (access == DatabaseAccess.Write)
            return new Route(Open(topology.Primary, tried), RouteReason.Write);
        var before = affinity?.Server;
        var route = before is not null
            ? InSession(topology, before, consistency, tried, waits)
            : consistency.Kind == ReadConsistencyKind.Primary
                ? new Route(Open(topology.Primary, tried), RouteReason.Primary)
                : AmongReplicas(topology, consistency, tried, waits);
        if (affinity is null || route.Host is not { } chosen || chosen.Name == before)
            return route;
        // Two reads at the same time: the later one comes along to the host of the earlier.
        return affinity.TryMove(before, chosen.Name) ? route : Choose(topology, access, consistency, affinity, tried, waits);
    }

    /// <summary>What a host has only grows, so the session stays; else it moves to the primary, which has all that any replica has.</summary>
    private Route InSession(Topology topology, string name, in ReadConsistency consistency, ulong tried, bool waits)
    {
        if (topology.Primary?.Host.Name != name && topology.Find(name) is { State: ServerState.Up } view && Open(view, tried) is { } host)
        {
            switch (consistency.Kind)
            {
                case ReadConsistencyKind.Eventual when view.IsTrusted:
                case ReadConsistencyKind.AtMostStale when IsFresh(view, consistency.Staleness):
                case ReadConsistencyKind.After when Has(view, consistency.Token!):
                    return new Route(host, RouteReason.Session);
                case ReadConsistencyKind.After when CanWait(view, consistency.Token!, waits):
                    return new Route(host, RouteReason.Waited);
            }
        }

        if (consistency.Kind == ReadConsistencyKind.Primary)
            return new Route(Open(topology.Primary, tried), RouteReason.Primary);
        var isAtPrimary = topology.Primary?.Host.Name == name; // it was let in there before
        return new Route(isAtPrimary || options.Fallback == ReplicaFallback.Primary ? Open(topology.Primary, tried) : null, RouteReason.Fallback);
    }

    private Route AmongReplicas(Topology topology, in ReadConsistency consistency, ulong tried, bool waits)
    {
        Span<int> candidates = stackalloc int[MySqlMultiHostOptions.HostsMax];
        var known = Collect(topology, consistency, tried, candidates, waiting: false);
        if (known > 0)
            return new Route(Balance(topology, candidates[..known]), consistency.Kind == ReadConsistencyKind.After ? RouteReason.KnownPast : RouteReason.Fresh);
        if (consistency.Kind == ReadConsistencyKind.After && waits && Collect(topology, consistency, tried, candidates, waiting: true) is > 0 and var waiting)
            return new Route(Balance(topology, candidates[..waiting]), RouteReason.Waited);
        if (options.Fallback == ReplicaFallback.Primary && Open(topology.Primary, tried) is { } primary)
            return new Route(primary, RouteReason.Fallback);
        if (consistency.Kind == ReadConsistencyKind.Eventual && CollectAny(topology, tried, candidates) is > 0 and var any)
            return new Route(Balance(topology, candidates[..any]), RouteReason.LastResort);
        return new Route(null, RouteReason.Fallback);
    }

    private int Collect(Topology topology, in ReadConsistency consistency, ulong tried, Span<int> candidates, bool waiting)
    {
        var count = 0;
        var hosts = topology.Hosts;
        for (var i = 0; i < hosts.Length; i++)
        {
            var view = hosts[i];
            if (view is not { State: ServerState.Up, Role: ServerRole.Replica } || Open(view, tried) is null)
                continue;
            var fits = consistency.Kind switch
            {
                ReadConsistencyKind.AtMostStale => IsFresh(view, consistency.Staleness),
                ReadConsistencyKind.After => waiting ? CanWait(view, consistency.Token!, waits: true) : Has(view, consistency.Token!),
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
        for (var i = 0; i < topology.Hosts.Length; i++)
        {
            if (topology.Hosts[i] is { IsUsable: true, IsTrusted: true } view && Open(view, tried) is not null)
                candidates[count++] = i;
        }

        return count;
    }

    private RoutedServer Balance(Topology topology, ReadOnlySpan<int> candidates)
    {
        if (candidates.Length == 1)
            return topology.Hosts[candidates[0]].Host;
        var loads = _loads ??= new ServerLoad[MySqlMultiHostOptions.HostsMax];
        for (var i = 0; i < candidates.Length; i++)
        {
            var host = topology.Hosts[candidates[i]].Host;
            loads[i] = new ServerLoad(host.Name, host.Weight, host.InFlight);
        }

        return topology.Hosts[candidates[options.Balancer.Choose(loads.AsSpan(0, candidates.Length))]].Host;
    }

    /// <summary>Whether it has all that was committed longer ago than this. A stopped replica is not fresh, even if nothing was written since.</summary>
    private bool IsFresh(ServerView view, TimeSpan staleness) =>
        view.IsFollowing && view.FreshAsOf is { } since && clock.GetElapsedTime(since) <= staleness;

    /// <summary>Whether it is known to have a token.</summary>
    private static bool Has(ServerView view, CausalToken token) => view.IsTrusted && token.IsCoveredBy(view.Position);

    private bool CanWait(ServerView view, CausalToken token, bool waits) =>
        waits && options.TokenWaitMax > TimeSpan.Zero && view.IsApplying && view.Facts!.IsMariaDb != token.IsMySql && IsFresh(view, options.ReplicaLagMax);

    private static RoutedServer? Open(ServerView? view, ulong tried) =>
        view is null || (tried >> view.Host.Index & 1) != 0 ? null : view.Host;
}
