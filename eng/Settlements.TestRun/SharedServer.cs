using Settlements.TestServers;

namespace Settlements.TestRun;

/// <summary>The server that the test projects of a run share.</summary>
internal static class SharedServer
{
    /// <summary>
    /// Flushes about once a second, which is sufficient for tests; a row-format binary log for replicas; connections for the pools of
    /// several projects.
    /// </summary>
    private static readonly string[] Options =
    [
        "--log-bin=binlog", "--binlog-format=ROW", "--server-id=1", "--sync-binlog=0", "--innodb-flush-log-at-trx-commit=2",
        "--innodb-buffer-pool-size=256M", "--innodb-log-file-size=96M", "--max-connections=1000",
    ];

    /// <summary>Starts a server if a project uses one, the environment names none, and a binary or Docker is available.</summary>
    /// <returns>The server, or null: then the tests use the named server, or report the missing requirement.</returns>
    public static async Task<MySqlServer?> StartAsync(IEnumerable<ProjectRun> runs)
    {
        var isNamed = Environment.GetEnvironmentVariable(MySqlServer.NamedBy) is { Length: > 0 };
        return runs.Any(r => r.UsesServers) && !isNamed && MySqlServer.IsPossible ? await MySqlServer.StartAsync(Options) : null;
    }
}
