namespace Settlements.Routing;

/// <summary>The status of a database server as of its last probe.</summary>
/// <param name="Name">The name and port, as configured.</param>
/// <param name="Role">The detected role.</param>
/// <param name="State">Whether the server receives requests.</param>
/// <param name="Lag">
/// The upper bound of the lag: the server has everything that was committed on the primary longer ago than this. It is never 0: for an
/// up-to-date replica it is the time since the last probe of the primary. Null when unknown, and for a primary.
/// </param>
/// <param name="InFlight">The number of open connections.</param>
/// <param name="Weight">The weight in the distribution of reads, as configured.</param>
/// <param name="Position">The transactions that it has executed, as of the last probe.</param>
/// <param name="Version">The version of the server; null before the first successful probe.</param>
/// <param name="Detail">The cause of the state; empty when there is none.</param>
public sealed record ServerStatus(
    string Name, ServerRole Role, ServerState State, TimeSpan? Lag, int InFlight, int Weight, CausalToken Position, string? Version,
    string Detail);

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
    /// The replica is stopped, or lags by more than <see cref="RoutingOptions.ReplicaLagMax"/>: it only receives reads for which it is
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
