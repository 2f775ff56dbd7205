using Settlements.TestServers;

namespace Settlements.TestRun;

/// <summary>The server that the test projects of a run share.</summary>
internal static class SharedServer
{
    /// <summary>
    /// Flushed about once a second, as tests need no more; a row-format binary log, as replicas need; connections for several projects' pools.
    /// </summary>
    private static readonly string[] Options =
    [
        "--log-bin=binlog", "--binlog-format=ROW", "--server-id=1", "--sync-binlog=0", "--innodb-flush-log-at-trx-commit=2",
        "--innodb-buffer-pool-size=256M", "--innodb-log-file-size=96M", "--max-connections=1000",
    ];

    /// <summary>Starts it where a project may use it, none is named already, and there is something to start.</summary>
    /// <returns>The server, or null: then the tests use the named one, or say themselves what they lack.</returns>
    public static async Task<MySqlServer?> StartAsync(IEnumerable<ProjectRun> runs)
    {
        var isNamed = Environment.GetEnvironmentVariable(MySqlServer.NamedBy) is { Length: > 0 };
        return runs.Any(r => r.UsesServers) && !isNamed && MySqlServer.IsPossible ? await MySqlServer.StartAsync(Options) : null;
    }
}
