using Settlements.Routing;

namespace Settlements.AspNetCore;

/// <summary>Who takes writes, of all hosts.</summary>
/// <param name="State">Whether anybody does.</param>
/// <param name="Name">The one that does; null where nobody does.</param>
/// <param name="Sentence">The same in words.</param>
internal sealed record Writer(WriterState State, string? Name, string Sentence)
{
    /// <summary>The primaries that answer, when they are several and none of them takes writes.</summary>
    public IReadOnlyList<string> Contenders { get; private init; } = [];

    public static Writer Of(IReadOnlyList<ServerStatus> hosts)
    {
        var primaries = hosts.Where(h => h.Role == ServerRole.Primary).ToList();

        // One that is down keeps the role that it had last: after a failover it contends with nobody until it is back.
        var refused = primaries.Where(h => h.State == ServerState.Refused).ToList();
        var up = primaries.Where(h => h.State == ServerState.Up).ToList();
        var suspect = primaries.Where(h => h.State == ServerState.Suspect).ToList();
        if (refused.Count == 0 && up is [var one])
            return new Writer(WriterState.Present, one.Name, $"{one.Name} takes the writes.");
        if (refused.Count == 0 && up.Count == 0 && suspect is [var silent])
            return new Writer(WriterState.Suspect, silent.Name, $"{silent.Name} is the primary, but its last probe got no answer in time.");
        if (hosts.All(h => h.State == ServerState.Unknown))
            return new Writer(WriterState.Unknown, null, "No host was looked at yet: the first connection does it, or StartAsync.");

        string[] contenders = [.. primaries.Where(h => h.State is ServerState.Up or ServerState.Suspect or ServerState.Refused).Select(h => h.Name)];
        return contenders.Length > 1
            ? new Writer(WriterState.Absent, null, $"{string.Join(" and ", contenders)} are all primaries: make all but one read-only.") { Contenders = contenders }
            : new Writer(WriterState.Absent, null, "No host takes writes.");
    }
}

/// <summary>Whether anybody takes writes.</summary>
internal enum WriterState
{
    /// <summary>Nobody looked yet.</summary>
    Unknown,

    /// <summary>One does.</summary>
    Present,

    /// <summary>One did until its last probe.</summary>
    Suspect,

    /// <summary>Nobody does, or two would.</summary>
    Absent,
}
