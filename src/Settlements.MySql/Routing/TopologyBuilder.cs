using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>Makes one picture out of what is known of each host: who is the primary, and who can't be used. No state, no clock.</summary>
internal static class TopologyBuilder
{
    /// <param name="hosts">What is known of each.</param>
    /// <param name="history">Where the primary was; the replicas' lag comes from it.</param>
    public static Topology Build(IReadOnlyList<ServerHealth> hosts, PrimaryHistory history)
    {
        var refusals = hosts.Select(host => Refusal(host, hosts)).ToArray();
        var claims = hosts.Where((host, i) => refusals[i] is null && !host.IsDown && host.Facts is { ClaimsPrimary: true }).ToList();
        // One that is silent since another claims the writes gives way: the network took it, and somebody promoted the other. One that answered since
        // was a primary beside it, and a late answer doesn't end that.
        claims.RemoveAll(c => c.Timeouts > 0 && claims.Exists(o => o.Timeouts == 0 && c.AnsweredAt < o.ClaimsSince));
        var conflict = claims.Count > 1 ? Conflict(claims, history.Host is { } writer ? hosts[writer] : null) : null;

        var leader = claims.Count == 1 ? claims[0] : history.Host is { } last ? hosts[last] : null;
        var views = hosts.Select((host, i) => View(host, claims, conflict, refusals[i], Lineage.Doubt(host, leader, hosts), history)).ToArray();
        var primary = claims.Count == 1 ? views[claims[0].Host.Index] : null;
        return new Topology(views, primary, conflict ?? (primary is null ? "No host is a primary: none of them takes writes and follows nobody." : ""));
    }

    /// <summary>Names the servers that take writes and, where it is known, the one that took them before: after a failover the promoted one.</summary>
    private static string Conflict(List<ServerHealth> claims, ServerHealth? last)
    {
        var names = string.Join(" and ", claims.Select(c => c.Host.Name));
        var remedy = last is not null && claims.Contains(last)
            ? $" {last.Host.Name} took the writes until then; {string.Join(" and ", claims.Where(c => c != last).Select(c => c.Host.Name))} came back or became writable."
            : "";
        return $"{names} are both primaries: each takes writes and follows nobody. No write is sent until one of "
            + $"them is read-only (SET GLOBAL read_only = 1) or a replica.{remedy}";
    }

    private static ServerView View(ServerHealth host, List<ServerHealth> claims, string? conflict, string? refusal, string? doubt, PrimaryHistory history)
    {
        var facts = host.Facts;
        var isPrimary = claims.Contains(host);
        var role = facts switch { null => ServerRole.Unknown, { ClaimsPrimary: true } => ServerRole.Primary, _ => ServerRole.Replica }; // of one that is down, the last
        var state = !host.WasProbed ? ServerState.Unknown
            : host.IsDown ? ServerState.Down
            : refusal is not null || (isPrimary && conflict is not null) ? ServerState.Refused
            : host.Timeouts > 0 ? ServerState.Suspect
            : ServerState.Up;
        var isTrusted = role == ServerRole.Replica && doubt is null;
        var detail = host.Failure ?? refusal ?? (isPrimary ? conflict : doubt) ?? Detail(facts, isPrimary);
        return new ServerView(host.Host, role, state, facts, isTrusted ? history.FreshAsOf(facts!.Position) : null, isTrusted, detail);
    }

    private static string Detail(ServerFacts? facts, bool isPrimary) => facts switch
    {
        null => "",
        { ClaimsPrimary: true } when !isPrimary => "",
        { IsReadOnly: false } when !isPrimary => $"{facts.ReplicationDetail}; it is a replica that takes writes: SET GLOBAL read_only = 1 on it".TrimStart(';', ' '),
        { Replication: Replication.None } when !isPrimary => "it is read-only and follows nobody",
        _ => facts.ReplicationDetail,
    };

    /// <summary>Why a host that answers can't be used; null for most.</summary>
    private static string? Refusal(ServerHealth host, IReadOnlyList<ServerHealth> all)
    {
        if (host.Facts is not { } facts)
            return null;
        foreach (var other in all.Take(host.Host.Index))
        {
            if (other.Facts is not { } theirs || other.IsDown)
                continue; // an address may have moved to another host
            if (theirs.Identity == facts.Identity)
                return $"it is the same server as {other.Host.Name} ({facts.Identity}); name each server once";
            if (theirs.IsMariaDb != facts.IsMariaDb)
                return $"it is {(facts.IsMariaDb ? "MariaDB" : "MySQL")} and {other.Host.Name} is not: their positions can't be compared";
        }

        return null;
    }
}
