namespace Settlements.MySql;

/// <summary>
/// Decides whether a server's position belongs to the primary's history. MariaDB positions are compared by sequence numbers only, so a
/// server with a lost transaction 12 of the old primary looks as if it had the new primary's 12, and a read after a token would return the
/// wrong data.
/// </summary>
internal static class Lineage
{
    /// <param name="server">The server to check.</param>
    /// <param name="leader">The primary, or the last one while there is none; null when no primary was ever found.</param>
    /// <param name="all">All servers.</param>
    /// <returns>Why its position isn't trusted; null for a healthy replica and for a server that was not probed yet.</returns>
    public static string? Doubt(ServerHealth server, ServerHealth? leader, IReadOnlyList<ServerHealth> all) => server.Facts switch
    {
        null => null,
        _ when server == leader => null,
        _ when server.IsAhead => "it has transactions that the primary doesn't have: rebuild it as a replica",
        { Replication: Replication.None } => "it is read-only and doesn't replicate from any server: make it a replica of the primary",
        { Replication: Replication.ReceiverStopped } facts => facts.ReplicationDetail,
        { Replication: Replication.Unknown } => null,
        var facts => leader?.Facts is null || Follows(facts, leader, all, all.Count)
            ? null
            : $"{facts.ReplicationDetail}, which is not the primary {leader.Server.Name}",
    };

    /// <summary>
    /// Returns whether a server replicates from the leader, directly or through other replicas. A source that isn't in the list is trusted
    /// while its replica is connected to it.
    /// </summary>
    private static bool Follows(ServerFacts facts, ServerHealth leader, IReadOnlyList<ServerHealth> all, int stepsMax)
    {
        if (facts.SourceId == leader.Facts!.Id)
            return true;
        var source = all.FirstOrDefault(other => other.Facts?.Id == facts.SourceId);
        return source?.Facts is not { } theirs
            ? facts.Replication == Replication.Running
            : stepsMax > 0 && !source.IsAhead && theirs.Replication is (Replication.Running or Replication.Connecting)
                && Follows(theirs, leader, all, stepsMax - 1);
    }
}
