namespace Settlements.MySql;

/// <summary>
/// Whether a host's position is one of the primary's own history. On MariaDB positions are compared by numbers alone, so a server with a lost
/// transaction 12 of the old primary looks as if it had the new primary's 12: a read after a token would believe it.
/// </summary>
internal static class Lineage
{
    /// <param name="host">The host.</param>
    /// <param name="leader">The primary, or the last one while there is none; null when none was ever seen.</param>
    /// <param name="all">All hosts.</param>
    /// <returns>Why its position isn't believed; null for a good replica, and for a host that was not asked yet.</returns>
    public static string? Doubt(ServerHealth host, ServerHealth? leader, IReadOnlyList<ServerHealth> all) => host.Facts switch
    {
        null => null,
        _ when host == leader => null,
        _ when host.IsAhead => "it has transactions that the primary has not: make it a replica anew",
        { Replication: Replication.None } => "it is read-only and follows nobody: let it follow the primary",
        { Replication: Replication.Detached } facts => facts.ReplicationDetail,
        { Replication: Replication.Unseen } => null,
        var facts => leader?.Facts is null || Follows(facts, leader, all, all.Count) ? null : $"{facts.ReplicationDetail}, which is not the primary {leader.Host.Name}",
    };

    /// <summary>Straight, or by way of other replicas; those that are not among the hosts are believed while they are heard.</summary>
    private static bool Follows(ServerFacts facts, ServerHealth leader, IReadOnlyList<ServerHealth> all, int stepsMax)
    {
        if (facts.SourceId == leader.Facts!.Id)
            return true;
        var source = all.FirstOrDefault(other => other.Facts?.Id == facts.SourceId);
        return source?.Facts is not { } theirs
            ? facts.Replication == Replication.Running
            : stepsMax > 0 && !source.IsAhead && theirs.Replication is (Replication.Running or Replication.Unheard) && Follows(theirs, leader, all, stepsMax - 1);
    }
}
