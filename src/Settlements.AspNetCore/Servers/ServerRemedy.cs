using Settlements.Routing;

namespace Settlements.AspNetCore;

/// <summary>Describes what to do about a server that is not up, with statements of MySQL and MariaDB.</summary>
internal static class ServerRemedy
{
    private const string MakeReplica = "make it a replica of";

    /// <summary>
    /// Returns whether a server is the former primary after a failover: it is unreachable, and another server is the primary.
    /// </summary>
    public static bool IsReplaced(ServerStatus server, PrimaryStatus primary) =>
        server is { Role: ServerRole.Primary, State: ServerState.Down or ServerState.Suspect }
        && primary.Name is { } name && name != server.Name;

    /// <summary>Returns one or more sentences; empty when nothing has to be done.</summary>
    public static string Of(ServerStatus server, IReadOnlyList<ServerStatus> servers)
    {
        var primary = PrimaryStatus.Of(servers);
        return server.State switch
        {
            ServerState.Up => "",
            ServerState.Unknown => "Open a connection or call StartAsync; either probes the server.",
            ServerState.Suspect or ServerState.Down when IsReplaced(server, primary) =>
                $"{primary.Name} is the new primary. Before applications reach this server again, start it with read_only = 1 and "
                + $"{MakeReplica} {primary.Name}: if it returns writable, there are two primaries and every write is refused. If it does "
                + "not return, remove it from the connection string.",
            ServerState.Suspect => "Check its load and the network; after further failed probes it is Down.",
            ServerState.Down when servers.Count == 1 =>
                "Make it available again; it is probed at intervals, and used after the first successful probe.",
            ServerState.Down when server.Role == ServerRole.Primary =>
                "Start it again, or promote the most up-to-date replica (STOP SLAVE; RESET SLAVE ALL; SET GLOBAL read_only = 0) and start "
                + "this one with read_only = 1 from then on.",
            ServerState.Down =>
                "Start it, or check its address, the user's privileges and the network. If it does not "
                + "return, remove it from the connection string.",
            ServerState.Lagging =>
                "Check its replication (SHOW REPLICA STATUS) and its load; until it catches up it "
                + "serves only reads of data it is known to have.",
            ServerState.Refused when primary.Contenders.Contains(server.Name) =>
                $"Decide which of {string.Join(" and ", primary.Contenders)} remains the primary: after a failover the promoted one. On "
                + $"the other run SET GLOBAL read_only = 1, then {MakeReplica} the primary; first compare by "
                + $"hand any transactions that only the "
                + "other one has.",
            _ => "Correct the list of servers: each server once, and all of them MySQL or all of them MariaDB.",
        };
    }
}
