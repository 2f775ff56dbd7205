using System.Diagnostics;

namespace Settlements.TestServers;

/// <summary>Starts a single ZooKeeper from Debian's package.</summary>
internal static class ZooKeeperConfig
{
    /// <summary>The package's archive, whose manifest names the ones it needs.</summary>
    public const string Jar = "/usr/share/java/zookeeper.jar";

    public static Process Start(string folder, int port)
    {
        Directory.CreateDirectory(folder);
        var config = Path.Combine(folder, "zoo.cfg");
        File.WriteAllText(config, FormattableString.Invariant($"""
            tickTime=500
            dataDir={folder}/data
            clientPort={port}
            clientPortAddress=127.0.0.1
            admin.enableServer=false
            4lw.commands.whitelist=ruok
            forceSync=no

            """));
        var start = new ProcessStartInfo(
            ProgramPath.Find("java")!,
            ["-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", Jar, "org.apache.zookeeper.server.quorum.QuorumPeerMain",
                config])
        {
            RedirectStandardError = true, RedirectStandardOutput = true,
        };
        IgnoredSignals.Reset();
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.OutputDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return process;
    }
}
