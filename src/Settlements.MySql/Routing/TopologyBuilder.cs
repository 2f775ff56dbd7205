using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>Builds a topology snapshot from the servers' probed state: the primary, roles and states. Stateless, without a clock.</summary>
internal static class TopologyBuilder
{
    /// <param name="servers">The state of each server.</param>
    /// <param name="history">The primary's past positions, from which the replicas' lag is derived.</param>
    public static Topology Build(IReadOnlyList<ServerHealth> servers, PrimaryHistory history)
    {
        var refusals = servers.Select(server => Refusal(server, servers)).ToArray();
        var candidates = servers
            .Where((server, i) => refusals[i] is null && !server.IsDown && server.Facts is { IsPrimaryCandidate: true }).ToList();
        // A candidate that stopped responding before another one appeared is dropped: it was cut off from the network, and the other was
        // promoted. If it responded since, both were primaries at the same time, and a late answer doesn't resolve that.
        candidates.RemoveAll(c => c.Timeouts > 0 && candidates.Exists(o => o.Timeouts == 0 && c.AnsweredAt < o.CandidateSince));
        var conflict = candidates.Count > 1 ? Conflict(candidates, history.ServerIndex is { } writer ? servers[writer] : null) : null;
        var leader = candidates.Count == 1 ? candidates[0] : history.ServerIndex is { } last ? servers[last] : null;
        var views = servers.Select(
            (server, i) => View(server, candidates, conflict, refusals[i], Lineage.Doubt(server, leader, servers), history)).ToArray();
        var primary = candidates.Count == 1 ? views[candidates[0].Server.Index] : null;
        return new Topology(
            views, primary,
            conflict ?? (primary is null ? "No server is a primary: none is writable without replicating from another server." : ""));
    }

    /// <summary>
    /// Returns the error that names all writable servers and, if known, the last primary: after a failover, the promoted server.
    /// </summary>
    private static string Conflict(List<ServerHealth> candidates, ServerHealth? last)
    {
        var names = string.Join(" and ", candidates.Select(c => c.Server.Name));
        var others = string.Join(" and ", candidates.Where(c => c != last).Select(c => c.Server.Name));
        var remedy = last is not null && candidates.Contains(last)
            ? $" {last.Server.Name} was the primary until then; {others} restarted or became writable."
            : "";
        return $"{names} are both primaries: each is writable and replicates from no server. No write is sent until one of "
            + $"them is read-only (SET GLOBAL read_only = 1) or a replica.{remedy}";
    }

    private static ServerView View(
        ServerHealth server, List<ServerHealth> candidates, string? conflict, string? refusal, string? doubt, PrimaryHistory history)
    {
        var facts = server.Facts;
        var isPrimary = candidates.Contains(server);
        // The role of a server that is down is its last one.
        var role = facts switch { null => ServerRole.Unknown, { IsPrimaryCandidate: true } => ServerRole.Primary, _ => ServerRole.Replica };
        var state = !server.WasProbed ? ServerState.Unknown
            : server.IsDown ? ServerState.Down
            : refusal is not null || (isPrimary && conflict is not null) ? ServerState.Refused
            : server.Timeouts > 0 ? ServerState.Suspect
            : ServerState.Up;
        var isTrusted = role == ServerRole.Replica && doubt is null;
        var detail = server.Failure ?? refusal ?? (isPrimary ? conflict : doubt) ?? Detail(facts, isPrimary);
        var freshAsOf = isTrusted ? history.FreshAsOf(facts!.Position) : null;
        return new ServerView(server.Server, role, state, facts, freshAsOf, isTrusted, detail);
    }

    private static string Detail(ServerFacts? facts, bool isPrimary) => facts switch
    {
        null => "",
        { IsPrimaryCandidate: true } when !isPrimary => "",
        { IsReadOnly: false } when !isPrimary =>
            $"{facts.ReplicationDetail}; it is a writable replica: SET GLOBAL read_only = 1 on it".TrimStart(';', ' '),
        { Replication: Replication.None } when !isPrimary => "it is read-only and doesn't replicate from any server",
        _ => facts.ReplicationDetail,
    };

    /// <summary>Returns why a server that answers can't be used; null if it can.</summary>
    private static string? Refusal(ServerHealth server, IReadOnlyList<ServerHealth> all)
    {
        if (server.Facts is not { } facts)
            return null;
        foreach (var other in all.Take(server.Server.Index))
        {
            if (other.Facts is not { } theirs || other.IsDown)
                continue; // the address may now belong to another server
            if (theirs.Identity == facts.Identity)
                return $"it is the same server as {other.Server.Name} ({facts.Identity}); list each server once";
            if (theirs.IsMariaDb != facts.IsMariaDb)
            {
                return $"it is {(facts.IsMariaDb ? "MariaDB" : "MySQL")} and {other.Server.Name} is not: their positions can't be "
                    + $"compared; "
                    + "use servers of one product";
            }
        }

        return null;
    }
}
