using Settlement.Routing;

namespace Settlement.MySql.Routing;

/// <summary>What a host answered to a probe.</summary>
/// <param name="Identity">The same for the same server, however it is reached.</param>
/// <param name="Version">As the server says it.</param>
/// <param name="IsReadOnly">Whether it refuses ordinary users' writes.</param>
/// <param name="Replication">Whether it follows another server.</param>
/// <param name="ReplicationDetail">Whom it follows, or why not, in words.</param>
/// <param name="Position">What it has executed.</param>
/// <param name="BypassesReadOnly">Whether our user may write all the same: then the server can't be relied on to refuse.</param>
internal sealed record HostFacts(
    string Identity, string Version, bool IsReadOnly, Replication Replication, string ReplicationDetail, CausalToken Position, bool BypassesReadOnly)
{
    public bool IsMariaDb => Version.Contains("MariaDB", StringComparison.Ordinal);

    /// <summary>
    /// A host takes writes when it isn't read-only and follows nobody. One whose replication was ended by hand, and not by an error, has been
    /// promoted; a writable replica stays a replica, also while its replication is broken.
    /// </summary>
    public bool ClaimsPrimary => !IsReadOnly && (Replication is Replication.None or Replication.Ended);
}

/// <summary>Whether a host follows another server.</summary>
internal enum Replication
{
    /// <summary>It is not set up to, or our user may not know.</summary>
    None,

    /// <summary>It applies what comes.</summary>
    Running,

    /// <summary>What comes is not applied, though it is set up to be.</summary>
    Stopped,

    /// <summary>Set up, and ended on both sides by hand.</summary>
    Ended,
}
