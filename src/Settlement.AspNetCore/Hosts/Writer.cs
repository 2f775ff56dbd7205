using Settlement.Routing;

namespace Settlement.AspNetCore.Hosts;

/// <summary>Who takes writes, of all hosts.</summary>
/// <param name="State">Whether anybody does.</param>
/// <param name="Name">The one that does; null where nobody does.</param>
/// <param name="Sentence">The same in words.</param>
internal sealed record Writer(WriterState State, string? Name, string Sentence)
{
    public static Writer Of(IReadOnlyList<HostStatus> hosts)
    {
        var primaries = hosts.Where(h => h.Role == HostRole.Primary).ToList();
        if (primaries.Where(h => h.State is HostState.Up or HostState.Suspect).ToList() is [var one] && primaries.Count == 1)
        {
            return one.State == HostState.Up
                ? new Writer(WriterState.Present, one.Name, $"{one.Name} takes the writes.")
                : new Writer(WriterState.Suspect, one.Name, $"{one.Name} is the primary, but its last probe got no answer in time.");
        }

        if (hosts.All(h => h.State == HostState.Unknown))
            return new Writer(WriterState.Unknown, null, "No host was looked at yet: the first connection does it, or StartAsync.");
        return primaries.Count > 1
            ? new Writer(WriterState.Absent, null, $"{string.Join(" and ", primaries.Select(h => h.Name))} are all primaries: make all but one read-only.")
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
