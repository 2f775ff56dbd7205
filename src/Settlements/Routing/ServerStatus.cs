namespace Settlements.Routing;

/// <summary>The status of a database server as of its last probe.</summary>
public sealed class ServerStatus(
    string name, ServerRole role, ServerState state, TimeSpan? lag, int inFlight, int weight, CausalToken position, string? version,
    string detail)
{
    /// <summary>The name and port, as configured.</summary>
    public string Name { get; } = name;

    /// <summary>The detected role.</summary>
    public ServerRole Role { get; } = role;

    /// <summary>Whether the server receives requests.</summary>
    public ServerState State { get; } = state;

    /// <summary>
    /// The upper bound of the lag: the server has everything that was committed on the primary longer ago than this. It is never 0: for an
    /// up-to-date replica it is the time since the last probe of the primary. Null when unknown, and for a primary.
    /// </summary>
    public TimeSpan? Lag { get; } = lag;

    /// <summary>The number of open connections.</summary>
    public int InFlight { get; } = inFlight;

    /// <summary>The weight in the distribution of reads, as configured.</summary>
    public int Weight { get; } = weight;

    /// <summary>The transactions that it has executed, as of the last probe.</summary>
    public CausalToken Position { get; } = position;

    /// <summary>The version of the server; null before the first successful probe.</summary>
    public string? Version { get; } = version;

    /// <summary>The cause of the state; empty when there is none.</summary>
    public string Detail { get; } = detail;
}

/// <summary>The role of a server, detected by its read-only setting and the state of its replication, never configured.</summary>
public enum ServerRole
{
    /// <summary>The server has not answered yet.</summary>
    Unknown,

    /// <summary>The server accepts writes.</summary>
    Primary,

    /// <summary>The server replicates from a primary, or is read-only.</summary>
    Replica,
}

/// <summary>Whether a server receives requests.</summary>
public enum ServerState
{
    /// <summary>The server was not probed yet.</summary>
    Unknown,

    /// <summary>The server receives the requests of its role.</summary>
    Up,

    /// <summary>
    /// The replica is stopped, or lags by more than <c>RoutingOptions.ReplicaLagMax</c>: it only receives reads for which it is
    /// known to be fresh enough.
    /// </summary>
    Lagging,

    /// <summary>The last probe timed out: the server receives requests only when no other one is available.</summary>
    Suspect,

    /// <summary>The server can't be reached or refuses the login. A successful probe reinstates it.</summary>
    Down,

    /// <summary>The server answers but can't be used: it is a duplicate of another address, or one of two primaries.</summary>
    Refused,
}
