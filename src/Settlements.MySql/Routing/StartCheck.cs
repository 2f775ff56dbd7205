using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>What has to be right at start: a mistake in the list of hosts is said at once, and not when the primary dies.</summary>
internal static class StartCheck
{
    /// <exception cref="RoutingException">It is not right; all that is wrong is said.</exception>
    public static void Require(Topology topology)
    {
        var hosts = topology.Hosts;
        var faults = hosts.Where(h => h.State == ServerState.Refused && topology.Primary?.Host != h.Host).Select(h => $"{h.Host.Name}: {h.Detail}.").Distinct().ToList();
        if (hosts.All(h => h.State is ServerState.Down or ServerState.Suspect or ServerState.Unknown))
        {
            throw new RoutingException(
                $"No host answers. {string.Join(' ', hosts.Select(h => $"{h.Host.Name}: {h.Detail}."))} Check the names, the ports, the user and the network.",
                isTransient: true);
        }

        if (faults.Count > 0)
            throw new RoutingException($"The hosts can't be used as they are. {string.Join(' ', faults)}", isTransient: false);
        if (topology.Primary is null && hosts.All(h => h.State == ServerState.Up))
        {
            throw new RoutingException(
                $"{topology.WriteFault} {string.Join(' ', hosts.Select(h => $"{h.Host.Name}: {h.Detail}."))} Name the primary too.", isTransient: true);
        }
    }
}
