using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>Says what was asked for, what each host is, and what helps.</summary>
internal static class NoServerMessage
{
    public static RoutingException Of(
        Topology topology, IReadOnlyList<ServerStatus> hosts, DatabaseAccess access, in ReadConsistency consistency, ReplicaFallback fallback, Exception? failure)
    {
        var isOfPrimary = access == DatabaseAccess.Write || consistency.Kind == ReadConsistencyKind.Primary;
        var asked = access == DatabaseAccess.Write ? "to write" : $"to read ({consistency})";
        var why = topology.WriteFault.Length > 0 && (isOfPrimary || fallback == ReplicaFallback.Primary)
            ? topology.WriteFault
            : isOfPrimary ? "The primary can't be reached." : fallback == ReplicaFallback.Fail
                ? "No replica is fresh enough, and the primary is kept for writes (Fallback = Fail)."
                : "Neither a replica that is fresh enough nor the primary can be reached.";
        var states = string.Join(' ', hosts.Select(h => $"{h.Name} is {h.State} as {h.Role}{(h.Detail.Length > 0 ? $" ({h.Detail.TrimEnd('.')})" : "")}."));
        return new RoutingException($"No host can be used {asked}. {why} {states} Ask again: the hosts are looked at all the time.", isTransient: true, failure);
    }
}
