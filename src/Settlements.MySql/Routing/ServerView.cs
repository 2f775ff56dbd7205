using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>A host in one picture of all. Immutable.</summary>
/// <param name="Host">The host.</param>
/// <param name="Role">What it was found to be.</param>
/// <param name="State">Whether it gets requests, but for its lag, which grows with time.</param>
/// <param name="Facts">What its last good probe said; null before the first.</param>
/// <param name="FreshAsOf">The timestamp up to which it has everything; null when that isn't known.</param>
/// <param name="IsTrusted">Whether its position is one of the primary's own history, so that it tells what the host has.</param>
/// <param name="Detail">Why it is so, in words.</param>
internal sealed record ServerView(RoutedServer Host, ServerRole Role, ServerState State, ServerFacts? Facts, long? FreshAsOf, bool IsTrusted, string Detail)
{
    public CausalToken Position => Facts?.Position ?? CausalToken.None;

    /// <summary>Whether it gets what is new: a stopped replica is not fresh, even if nothing was written since.</summary>
    public bool IsFollowing => IsTrusted && Facts?.Replication is (Replication.Unseen or Replication.Running or Replication.Unheard);

    /// <summary>Whether it can be waited for.</summary>
    public bool IsApplying => IsTrusted && Facts?.Replication == Replication.Running;

    public ServerStatus Describe(RoutingOptions options, TimeProvider clock)
    {
        var lag = FreshAsOf is { } since ? clock.GetElapsedTime(since) : (TimeSpan?)null;
        var isLagging = this is { State: ServerState.Up, Role: ServerRole.Replica } && (!IsFollowing || lag is null || lag > options.ReplicaLagMax);
        return new ServerStatus(
            Host.Name, Role, isLagging ? ServerState.Lagging : State, lag, Host.InFlight, Host.Weight, Position, Facts?.Version, Detail);
    }

    public bool IsUsable => State is ServerState.Up or ServerState.Suspect;
}

/// <summary>One picture of all hosts; requests read it and wait for nothing. Immutable.</summary>
/// <param name="Hosts">In the order in which they were given.</param>
/// <param name="Primary">Who takes writes; null when nobody does.</param>
/// <param name="WriteFault">Why nobody takes writes.</param>
internal sealed record Topology(ServerView[] Hosts, ServerView? Primary, string WriteFault)
{
    public ServerView? Find(string name) => Array.Find(Hosts, view => view.Host.Name == name);

    /// <summary>For people, as of now.</summary>
    public IReadOnlyList<ServerStatus> Describe(RoutingOptions options, TimeProvider clock) => [.. Hosts.Select(view => view.Describe(options, clock))];
}
