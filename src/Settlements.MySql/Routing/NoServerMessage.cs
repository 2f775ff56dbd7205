using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>Creates the error for a request that no server can serve: the request, the state of each server, and the remedy.</summary>
internal static class NoServerMessage
{
    public static RoutingException Of(
        Topology topology, IReadOnlyList<ServerStatus> servers, DatabaseAccess access, in ReadConsistency consistency,
        ReplicaFallback fallback,
        Exception? failure)
    {
        var needsPrimary = access == DatabaseAccess.Write || consistency.Kind == ReadConsistencyKind.Primary;
        var request = access == DatabaseAccess.Write ? "a write" : $"a read ({consistency})";
        var cause = topology.NoPrimaryReason.Length > 0 && (needsPrimary || fallback == ReplicaFallback.Primary)
            ? topology.NoPrimaryReason
            : needsPrimary ? "The primary can't be reached." : fallback == ReplicaFallback.Fail
                ? "No replica is fresh enough, and the primary is reserved for writes (Fallback = Fail)."
                : "Neither a fresh enough replica nor the primary can be reached.";
        var states = string.Join(
            ' ', servers.Select(s => $"{s.Name} is {s.State} as {s.Role}{(s.Detail.Length > 0 ? $" ({s.Detail.TrimEnd('.')})" : "")}."));
        return new RoutingException(
            $"No server is available for {request}. {cause} {states} Retry later: the servers are probed continuously.", isTransient: true,
            failure);
    }
}
