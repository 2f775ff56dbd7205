using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>A server in a topology snapshot. Immutable.</summary>
/// <param name="Server">The server.</param>
/// <param name="Role">The detected role.</param>
/// <param name="State">Whether requests are sent to it, without regard to lag, which grows with time.</param>
/// <param name="Facts">The result of its last successful probe; null before the first.</param>
/// <param name="FreshAsOf">The timestamp up to which it has all transactions; null if unknown.</param>
/// <param name="IsTrusted">Whether its position belongs to the primary's history, so that it is comparable.</param>
/// <param name="Detail">The reason for its state, as text.</param>
internal sealed record ServerView(
    RoutedServer Server, ServerRole Role, ServerState State, ServerFacts? Facts, long? FreshAsOf, bool IsTrusted, string Detail)
{
    public CausalToken Position => Facts?.Position ?? CausalToken.None;

    /// <summary>Whether it receives new transactions: a stopped replica is not fresh, even if nothing was written since.</summary>
    public bool IsReplicating => IsTrusted && Facts?.Replication is (Replication.Unknown or Replication.Running or Replication.Connecting);

    /// <summary>Whether a read may wait on it for a token.</summary>
    public bool IsApplying => IsTrusted && Facts?.Replication == Replication.Running;

    public ServerStatus Describe(RoutingOptions options, TimeProvider clock)
    {
        var lag = FreshAsOf is { } since ? clock.GetElapsedTime(since) : (TimeSpan?)null;
        var isLagging = this is { State: ServerState.Up, Role: ServerRole.Replica }
            && (!IsReplicating || lag is null || lag > options.ReplicaLagMax);
        return new ServerStatus(
            Server.Name, Role, isLagging ? ServerState.Lagging : State, lag, Server.InFlight, Server.Weight, Position, Facts?.Version,
            Detail);
    }

    public bool IsUsable => State is ServerState.Up or ServerState.Suspect;
}

/// <summary>A snapshot of all servers, which requests read without a lock. Immutable.</summary>
/// <param name="Servers">The servers in configured order.</param>
/// <param name="Primary">The writable primary; null if there is none.</param>
/// <param name="NoPrimaryReason">Why there is no primary; empty if there is one.</param>
internal sealed record Topology(ServerView[] Servers, ServerView? Primary, string NoPrimaryReason)
{
    public ServerView? Find(string name) => Array.Find(Servers, view => view.Server.Name == name);

    /// <summary>Returns the servers' public status as of now.</summary>
    public IReadOnlyList<ServerStatus> Describe(RoutingOptions options, TimeProvider clock) =>
        [.. Servers.Select(view => view.Describe(options, clock))];
}
