using Settlement.Routing;

namespace Settlement.MySql.Routing;

/// <summary>Makes one picture out of what is known of each host: who is the primary, and who can't be used. No state, no clock.</summary>
internal static class TopologyBuilder
{
    /// <param name="hosts">What is known of each.</param>
    /// <param name="history">Where the primary was; the replicas' lag comes from it.</param>
    public static Topology Build(IReadOnlyList<HostHealth> hosts, PrimaryHistory history)
    {
        var refusals = hosts.Select(host => Refusal(host, hosts)).ToArray();
        var claims = hosts.Where((host, i) => refusals[i] is null && !host.IsDown && host.Facts is { ClaimsPrimary: true }).ToList();
        // One whose replication was ended may still be a replica that somebody works on, while another takes the writes.
        if (claims.Exists(c => c.Facts!.Replication is Replication.None))
            claims.RemoveAll(c => c.Facts!.Replication is not Replication.None);
        // One that doesn't answer gives way to one that does: the network took it, and somebody promoted the other.
        if (claims.Exists(c => c.Timeouts == 0))
            claims.RemoveAll(c => c.Timeouts > 0);
        var conflict = claims.Count > 1
            ? $"{string.Join(" and ", claims.Select(c => c.Host.Name))} are both primaries: each takes writes and follows nobody. No write is sent until one of "
                + "them is read-only (SET GLOBAL read_only = 1) or a replica."
            : null;

        var views = hosts.Select((host, i) => View(host, claims, conflict, refusals[i], history)).ToArray();
        var primary = claims.Count == 1 ? views[claims[0].Host.Index] : null;
        return new Topology(views, primary, conflict ?? (primary is null ? "No host is a primary: none of them takes writes and follows nobody." : ""));
    }

    private static HostView View(HostHealth host, List<HostHealth> claims, string? conflict, string? refusal, PrimaryHistory history)
    {
        var facts = host.Facts;
        var isPrimary = claims.Contains(host);
        var role = facts is null ? HostRole.Unknown : isPrimary ? HostRole.Primary : HostRole.Replica;
        var state = !host.WasProbed ? HostState.Unknown
            : host.IsDown ? HostState.Down
            : refusal is not null || (isPrimary && conflict is not null) ? HostState.Refused
            : host.Timeouts > 0 ? HostState.Suspect
            : HostState.Up;
        var detail = host.Failure ?? refusal ?? (isPrimary ? conflict : null) ?? Detail(facts, isPrimary);
        return new HostView(host.Host, role, state, facts, role == HostRole.Replica ? history.FreshAsOf(facts!.Position) : null, detail);
    }

    private static string Detail(HostFacts? facts, bool isPrimary) => facts switch
    {
        null => "",
        { IsReadOnly: false } when !isPrimary => $"{facts.ReplicationDetail}; it is a replica that takes writes: SET GLOBAL read_only = 1 on it".TrimStart(';', ' '),
        { Replication: Replication.None } when !isPrimary => $"read-only, and follows nobody {(facts.ReplicationDetail.Length > 0 ? $"that we know: {facts.ReplicationDetail}" : "")}".TrimEnd(),
        _ => facts.ReplicationDetail,
    };

    /// <summary>Why a host that answers can't be used; null for most.</summary>
    private static string? Refusal(HostHealth host, IReadOnlyList<HostHealth> all)
    {
        if (host.Facts is not { } facts)
            return null;
        foreach (var other in all.Take(host.Host.Index))
        {
            if (other.Facts is not { } theirs)
                continue;
            if (theirs.Identity == facts.Identity)
                return $"it is the same server as {other.Host.Name} ({facts.Identity}); name each server once";
            if (theirs.IsMariaDb != facts.IsMariaDb)
                return $"it is {(facts.IsMariaDb ? "MariaDB" : "MySQL")} and {other.Host.Name} is not: their positions can't be compared";
        }

        return null;
    }
}
