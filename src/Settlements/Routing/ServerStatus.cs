namespace Settlements.Routing;

/// <summary>A host as the router sees it now: what the last probes found.</summary>
/// <param name="Name">Its name and port, as it was given.</param>
/// <param name="Role">What it was found to be.</param>
/// <param name="State">Whether it gets requests.</param>
/// <param name="Lag">
/// It has all that was committed on the primary longer ago than this; so 0 is never reached, and a replica that has everything shows the time since
/// the primary was looked at. Null where it isn't known, and for a primary.
/// </param>
/// <param name="InFlight">Connections to it that are open now.</param>
/// <param name="Weight">Its share of the reads, as it was given.</param>
/// <param name="Position">What it has executed, as of the last probe.</param>
/// <param name="Version">The server's version, or null before the first good probe.</param>
/// <param name="Detail">Why it is in its state, in words; empty where there is nothing to say.</param>
public sealed record ServerStatus(
    string Name, ServerRole Role, ServerState State, TimeSpan? Lag, int InFlight, int Weight, CausalToken Position, string? Version, string Detail);

/// <summary>What a host was found to be. It is found, and not believed: by its read-only setting and the state of its replication.</summary>
public enum ServerRole
{
    /// <summary>It has not answered yet.</summary>
    Unknown,

    /// <summary>It takes writes.</summary>
    Primary,

    /// <summary>It follows a primary, or is read-only.</summary>
    Replica,
}

/// <summary>Whether a host gets requests.</summary>
public enum ServerState
{
    /// <summary>It was not probed yet.</summary>
    Unknown,

    /// <summary>It gets what fits its role.</summary>
    Up,

    /// <summary>A replica that is stopped, or behind by more than <see cref="RoutingOptions.ReplicaLagMax"/>: it is asked only for what it is known to have.</summary>
    Lagging,

    /// <summary>Its last probe got no answer in time: it is asked only when nobody else can be.</summary>
    Suspect,

    /// <summary>It can't be reached, or doesn't let us in. A good probe lets it in again.</summary>
    Down,

    /// <summary>It answers, and can't be used as it is: it is another of the hosts once more, or one of two primaries.</summary>
    Refused,
}
