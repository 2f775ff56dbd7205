using Settlements.TestServers;

namespace Settlements.TestRun;

/// <summary>The server that the test projects of a run share.</summary>
internal static class SharedServer
{
    /// <summary>
    /// Flushing once a second suffices for tests; replicas require a row-format binary log; several projects' pools need many connections.
    /// </summary>
    private static readonly string[] Options =
    [
        "--log-bin=binlog", "--binlog-format=ROW", "--server-id=1", "--sync-binlog=0", "--innodb-flush-log-at-trx-commit=2",
        "--innodb-buffer-pool-size=256M", "--innodb-log-file-size=96M", "--max-connections=1000",
    ];

    /// <summary>Starts a server if a project uses servers, none is named by the environment, and one can be started.</summary>
    /// <returns>The server; null if none is started, and tests use the named one or are skipped with a reason.</returns>
    public static async Task<MySqlServer?> StartAsync(IEnumerable<ProjectRun> runs)
    {
        var isNamed = Environment.GetEnvironmentVariable(MySqlServer.NamedBy) is { Length: > 0 };
        return runs.Any(r => r.UsesServers) && !isNamed && MySqlServer.IsPossible ? await MySqlServer.StartAsync(Options) : null;
    }
}
