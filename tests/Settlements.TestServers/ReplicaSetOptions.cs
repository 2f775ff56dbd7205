using System.Globalization;

namespace Settlements.TestServers;

/// <summary>The options of each server of a replica set.</summary>
internal static class ReplicaSetOptions
{
    public static string[] For(int id) =>
    [
        string.Create(CultureInfo.InvariantCulture, $"--server-id={id}"),

        // Any server may become the primary or a replica: each logs what it applies and refuses diverging GTIDs.
        "--log-bin=binlog", "--binlog-format=ROW", "--log-slave-updates=1", "--gtid-strict-mode=1", "--relay-log=relay",
        "--slave-max-allowed-packet=64M",

        // A heartbeat every half second, so that replicas detect a silent source quickly.
        "--slave-net-timeout=2",

        // Small and fast, for several servers on one machine. Only a power failure would lose commits, not a killed process.
        "--innodb-buffer-pool-size=64M", "--innodb-flush-log-at-trx-commit=2", "--sync-binlog=0", "--performance-schema=0",
        "--max-connections=300",
    ];
}
