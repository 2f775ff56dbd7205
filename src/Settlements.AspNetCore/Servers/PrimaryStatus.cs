using Settlements.Routing;

namespace Settlements.AspNetCore;

/// <summary>The status of the database's primary: the server that takes writes.</summary>
/// <param name="State">Whether exactly one server takes writes.</param>
/// <param name="Name">The server's name; null when there is no primary.</param>
/// <param name="Description">The status as a sentence.</param>
internal sealed record PrimaryStatus(PrimaryState State, string? Name, string Description)
{
    /// <summary>The names of the reachable primaries when there are several, so that none of them takes writes; otherwise empty.</summary>
    public IReadOnlyList<string> Contenders { get; private init; } = [];

    public static PrimaryStatus Of(IReadOnlyList<ServerStatus> servers)
    {
        var primaries = servers.Where(s => s.Role == ServerRole.Primary).ToList();

        // A server that is down keeps its last known role. After a failover, it conflicts with the new primary only when it is reachable
        // again.
        var refused = primaries.Where(s => s.State == ServerState.Refused).ToList();
        var up = primaries.Where(s => s.State == ServerState.Up).ToList();
        var suspect = primaries.Where(s => s.State == ServerState.Suspect).ToList();
        if (refused.Count == 0 && up is [var primary])
            return new PrimaryStatus(PrimaryState.Present, primary.Name, $"The primary is {primary.Name}.");
        if (refused.Count == 0 && up.Count == 0 && suspect is [var silent])
        {
            return new PrimaryStatus(
                PrimaryState.Suspect, silent.Name, $"The primary is {silent.Name}, but its last probe timed out or failed.");
        }

        if (servers.All(s => s.State == ServerState.Unknown))
        {
            return new PrimaryStatus(
                PrimaryState.Unknown, null, "No server has been probed yet. The first connection or StartAsync probes all servers.");
        }

        string[] contenders =
            [.. primaries.Where(s => s.State is ServerState.Up or ServerState.Suspect or ServerState.Refused).Select(s => s.Name)];
        return contenders.Length > 1
            ? new PrimaryStatus(
                PrimaryState.Absent, null, $"Several primaries: {string.Join(" and ", contenders)}. Make all but one read-only.")
            {
                Contenders = contenders,
            }
            : new PrimaryStatus(PrimaryState.Absent, null, "There is no writable primary.");
    }
}

/// <summary>Whether exactly one server takes writes.</summary>
internal enum PrimaryState
{
    /// <summary>No server has been probed yet.</summary>
    Unknown,

    /// <summary>One server takes writes.</summary>
    Present,

    /// <summary>One server took writes until its last probe failed.</summary>
    Suspect,

    /// <summary>No server takes writes, or several primaries are reachable.</summary>
    Absent,
}
