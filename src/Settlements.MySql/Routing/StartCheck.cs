using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>Checks the servers at start, so that an error in the list is reported immediately, and not when the primary fails.</summary>
internal static class StartCheck
{
    /// <exception cref="RoutingException">The servers can't be used as configured; the message lists all reasons.</exception>
    public static void Require(Topology topology)
    {
        var servers = topology.Servers;
        var refused = servers.Where(s => s.State == ServerState.Refused && topology.Primary?.Server != s.Server)
            .Select(Describe).Distinct().ToList();
        if (servers.All(s => s.State is ServerState.Down or ServerState.Suspect or ServerState.Unknown))
        {
            throw new RoutingException(
                $"No server answers. {string.Join(' ', servers.Select(Describe))} Check the names, the ports, the user and the network.",
                isTransient: true);
        }

        if (refused.Count > 0)
            throw new RoutingException($"The servers can't be used as configured. {string.Join(' ', refused)}", isTransient: false);
        if (topology.Primary is null && servers.All(s => s.State == ServerState.Up))
        {
            throw new RoutingException(
                $"{topology.NoPrimaryReason} {string.Join(' ', servers.Select(Describe))} Add the primary to the list.", isTransient: true);
        }
    }

    private static string Describe(ServerView view) => $"{view.Server.Name}: {view.Detail}.";
}
