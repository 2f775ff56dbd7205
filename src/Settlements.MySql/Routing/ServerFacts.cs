using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>The result of a probe.</summary>
/// <param name="Identity">The server's identity, equal for all addresses of the same server.</param>
/// <param name="Id">The id by which replicas name their source: MariaDB's server_id, MySQL's server_uuid.</param>
/// <param name="Version">The server's version text.</param>
/// <param name="IsReadOnly">Whether it refuses writes of ordinary users.</param>
/// <param name="Replication">The state of its replication.</param>
/// <param name="SourceId">The <paramref name="Id"/> of its replication source; empty for none.</param>
/// <param name="ReplicationDetail">The state of its replication as text, with the reason if it doesn't run.</param>
/// <param name="Position">The transactions that it has executed.</param>
/// <param name="BypassesReadOnly">Whether the user's privileges bypass read_only, so that the server would not refuse a write.</param>
internal sealed record ServerFacts(
    string Identity, string Id, string Version, bool IsReadOnly, Replication Replication, string SourceId, string ReplicationDetail,
    CausalToken Position,
    bool BypassesReadOnly)
{
    public bool IsMariaDb => Version.Contains("MariaDB", StringComparison.Ordinal);

    /// <summary>
    /// Whether the server may be the primary: it is writable and doesn't replicate from another server. A writable replica remains a
    /// replica, also while its replication is stopped.
    /// </summary>
    public bool IsPrimaryCandidate => !IsReadOnly && Replication <= Replication.Unknown;
}

/// <summary>The state of a server's replication.</summary>
internal enum Replication
{
    /// <summary>No replication is configured.</summary>
    None,

    /// <summary>Unknown: the user may not read the replication status, or the server belongs to a replication group.</summary>
    Unknown,

    /// <summary>The receiver is connected to the source, and the applier is running.</summary>
    Running,

    /// <summary>The receiver is trying to connect to the source; the applier is running.</summary>
    Connecting,

    /// <summary>The applier is stopped.</summary>
    ApplierStopped,

    /// <summary>
    /// The receiver is stopped: by an administrator, or because the source refused it, for example since it has transactions that the
    /// source lacks.
    /// </summary>
    ReceiverStopped,
}
