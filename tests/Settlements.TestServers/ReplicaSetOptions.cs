using System.Globalization;

namespace Settlements.TestServers;

/// <summary>The options of each server of a replica set.</summary>
internal static class ReplicaSetOptions
{
    public static string[] For(int id) =>
    [
        string.Create(CultureInfo.InvariantCulture, $"--server-id={id}"),

        // Any server may lead, and any may follow it: each logs what it applies, and refuses what was written elsewhere.
        "--log-bin=binlog", "--binlog-format=ROW", "--log-slave-updates=1", "--gtid-strict-mode=1", "--relay-log=relay", "--slave-max-allowed-packet=64M",

        // A silent source is noticed soon: a heartbeat comes each half second.
        "--slave-net-timeout=2",

        // Small and quick, for several on one machine. A killed process loses nothing by it: only a power cut would.
        "--innodb-buffer-pool-size=64M", "--innodb-flush-log-at-trx-commit=2", "--sync-binlog=0", "--performance-schema=0", "--max-connections=300",
    ];
}
