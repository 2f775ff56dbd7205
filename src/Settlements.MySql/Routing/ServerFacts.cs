using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>What a host answered to a probe.</summary>
/// <param name="Identity">The same for the same server, however it is reached.</param>
/// <param name="Id">As replicas name their source: MariaDB's server_id, MySQL's server_uuid.</param>
/// <param name="Version">As the server says it.</param>
/// <param name="IsReadOnly">Whether it refuses ordinary users' writes.</param>
/// <param name="Replication">Whether it follows another server.</param>
/// <param name="SourceId">Whom it follows, as that one's <paramref name="Id"/>; empty when it follows nobody.</param>
/// <param name="ReplicationDetail">The same in words, or why not.</param>
/// <param name="Position">What it has executed.</param>
/// <param name="BypassesReadOnly">Whether our user may write all the same: then the server can't be relied on to refuse.</param>
internal sealed record ServerFacts(
    string Identity, string Id, string Version, bool IsReadOnly, Replication Replication, string SourceId, string ReplicationDetail, CausalToken Position,
    bool BypassesReadOnly)
{
    public bool IsMariaDb => Version.Contains("MariaDB", StringComparison.Ordinal);

    /// <summary>A host takes writes when it isn't read-only and follows nobody. A writable replica stays a replica, also while its replication is stopped.</summary>
    public bool ClaimsPrimary => !IsReadOnly && Replication <= Replication.Unseen;
}

/// <summary>Whether a host follows another server.</summary>
internal enum Replication
{
    /// <summary>It is not set up to.</summary>
    None,

    /// <summary>It may: our user may not know, or it is a group's matter.</summary>
    Unseen,

    /// <summary>It applies what comes, and hears its source.</summary>
    Running,

    /// <summary>It applies what comes, and tries to reach its source.</summary>
    Unheard,

    /// <summary>What comes is not applied.</summary>
    Stopped,

    /// <summary>It is set up to, and does not listen: ended by hand, or its source refuses it, perhaps since it has what the source has not.</summary>
    Detached,
}
