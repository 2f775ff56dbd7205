using Settlements.Routing;

namespace Settlements.AspNetCore;

/// <summary>What to do about a server that is not as it should be, in the words of MySQL and MariaDB. No state.</summary>
internal static class ServerRemedy
{
    private const string MakeReplica = "make it a replica of";

    /// <summary>Whether it is the primary of before a failover: it can't be reached, and another server takes the writes.</summary>
    public static bool IsReplaced(ServerStatus host, Writer writer) =>
        host is { Role: ServerRole.Primary, State: ServerState.Down or ServerState.Suspect } && writer.Name is { } name && name != host.Name;

    /// <summary>One or two sentences; empty where nothing has to be done.</summary>
    public static string Of(ServerStatus host, IReadOnlyList<ServerStatus> hosts)
    {
        var writer = Writer.Of(hosts);
        return host.State switch
        {
            ServerState.Up => "",
            ServerState.Unknown => "Open a connection or call StartAsync: either looks at the server.",
            ServerState.Suspect or ServerState.Down when IsReplaced(host, writer) =>
                $"{writer.Name} has taken over as the primary. Start this server with read_only = 1 and {MakeReplica} {writer.Name} before applications reach it: "
                + "if it returns writable, there are two primaries and every write is refused. If it does not return, remove it from the connection string.",
            ServerState.Suspect => "Check its load and the network; it is Down after some more probes without an answer.",
            ServerState.Down when hosts.Count == 1 => "Make it available again; it is probed regularly, and used after the first good probe.",
            ServerState.Down when host.Role == ServerRole.Primary =>
                "Start it again, or promote the most up-to-date replica (STOP SLAVE; RESET SLAVE ALL; SET GLOBAL read_only = 0) and start this one with "
                + "read_only = 1 from then on.",
            ServerState.Down => "Start it, or check its address, the user's rights and the network. If it does not return, remove it from the connection string.",
            ServerState.Lagging => "Check its replication (SHOW REPLICA STATUS) and its load; until it catches up it serves only reads of data it is known to have.",
            ServerState.Refused when writer.Contenders.Contains(host.Name) =>
                $"Decide which of {string.Join(" and ", writer.Contenders)} keeps the writes: after a failover the promoted one. On the other run SET GLOBAL read_only = 1, "
                + $"then {MakeReplica} the primary; first compare by hand any transactions that only the other one has.",
            _ => "Correct the list of servers: each server once, and all of them MySQL or all of them MariaDB.",
        };
    }
}
