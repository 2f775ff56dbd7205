using System.Diagnostics;
using System.Net.Sockets;

namespace Settlements.TestServers;

/// <summary>
/// A real ClickHouse cluster of two shards named <see cref="Name"/>, with ZooKeeper, from the binaries of Debian, in a temporary folder and
/// on free loopback ports; disposal ends its processes by their ids. Started in a terminal, they also end with Ctrl-C, as this process
/// does. Methods are not thread-safe.
/// </summary>
public sealed class ClickHouseCluster : IAsyncDisposable
{
    /// <summary>The name of the cluster in Distributed tables and in ON CLUSTER.</summary>
    public const string Name = "shards";

    /// <summary>A user who may only read, and whose settings would leave out a shard that is down.</summary>
    public const string Reader = "reader";

    /// <summary>A user whose settings would leave out all but three groups of a statement.</summary>
    public const string Limited = "limited";

    /// <summary>The password of these users.</summary>
    public const string Password = "pässword&1";

    private static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(5);

    private const string DistributedTables = "SELECT concat(database, '.', name) FROM system.tables WHERE engine = 'Distributed'";

    private readonly DirectoryInfo _folder;
    private readonly int _zooKeeperPort = LoopbackPort.Find();
    private Process? _zooKeeper;

    private ClickHouseCluster(DirectoryInfo folder)
    {
        _folder = folder;
        Shards = [new ClickHouseServer(Path.Combine(folder.FullName, "1")), new ClickHouseServer(Path.Combine(folder.FullName, "2"))];
    }

    /// <summary>The server of each shard, on each of which statements can be executed.</summary>
    public IReadOnlyList<ClickHouseServer> Shards { get; }

    /// <summary>The address of the HTTP interface of the first shard.</summary>
    public string Endpoint => Shards[0].Endpoint;

    /// <summary>Returns what is missing to start a cluster; null when nothing is.</summary>
    public static string? FindMissing() =>
        ClickHouseServer.FindBinary() is null ? "clickhouse-server"
        : ProgramPath.Find("java") is null ? "default-jre-headless"
        : !File.Exists(ZooKeeperConfig.Jar) ? "zookeeper"
        : null;

    public static async Task<ClickHouseCluster> StartAsync()
    {
        if (FindMissing() is { } missing)
        {
            throw new InvalidOperationException(
                $"{missing} is not installed. On Debian: apt-get install clickhouse-server "
                    + $"clickhouse-common zookeeper default-jre-headless");
        }

        var cluster = new ClickHouseCluster(Directory.CreateTempSubdirectory("settlement-clickhouse-"));
        try
        {
            // A server of 18.16 that doesn't reach ZooKeeper when it starts crashes.
            await cluster.StartZooKeeperAsync();
            var ports = cluster.Shards.Select(s => s.TcpPort).ToList();
            foreach (var (shard, i) in cluster.Shards.Select((s, i) => (s, i)))
                shard.Configure(i + 1, Name, ports, cluster._zooKeeperPort);
            await Task.WhenAll(cluster.Shards.Select(s => s.RunAsync()));
            await cluster.WaitAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Executes a statement on each shard.</summary>
    public Task ExecuteOnAllAsync(string sql) => Task.WhenAll(Shards.Select(s => s.ExecuteAsync(sql)));

    /// <summary>Executes a statement on the first shard.</summary>
    public Task<string> ExecuteAsync(string sql) => Shards[0].ExecuteAsync(sql);

    /// <summary>Starts a shard again after <see cref="ClickHouseServer.Kill"/>, and waits until it is reached and written to.</summary>
    public async Task RestartAsync(ClickHouseServer shard)
    {
        ArgumentNullException.ThrowIfNull(shard);
        await shard.RunAsync();
        await WaitAsync();
    }

    public ValueTask DisposeAsync()
    {
        foreach (var shard in Shards)
            shard.Dispose();
        if (_zooKeeper is { } process)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
            _zooKeeper = null;
        }

        if (_folder.Exists)
            _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task StartZooKeeperAsync()
    {
        var folder = Path.Combine(_folder.FullName, "zookeeper");
        _zooKeeper = ZooKeeperConfig.Start(folder, _zooKeeperPort);
        var waited = Stopwatch.StartNew();
        while (!await AnswersAsync())
        {
            if (_zooKeeper.HasExited || waited.Elapsed > StartsWithin)
                throw new InvalidOperationException($"ZooKeeper did not answer on port {_zooKeeperPort}.");
            await Task.Delay(20);
        }
    }

    /// <summary>Asks ZooKeeper whether it serves, by its command of four letters.</summary>
    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", _zooKeeperPort);
            await using var stream = client.GetStream();
            await stream.WriteAsync("ruok"u8.ToArray());
            var answer = new byte[4];
            return await stream.ReadAtLeastAsync(answer, 4, throwOnEndOfStream: false) == 4 && answer.AsSpan().SequenceEqual("imok"u8);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }

    private async Task WaitAsync()
    {
        var waited = Stopwatch.StartNew();
        foreach (var shard in Shards.Where(s => s.IsRunning))
        {
            while (true)
            {
                try
                {
                    // Replicas of a killed server are stale until its session in ZooKeeper has expired.
                    await shard.ExecuteAsync($"SELECT count() FROM cluster({Name}, system, one)");

                    // ZooKeeper may answer its commands before it accepts sessions.
                    await shard.ExecuteAsync("SELECT count() FROM system.zookeeper WHERE path = '/'");
                    foreach (var table in (await shard.ExecuteAsync(DistributedTables)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                    {
                        await shard.ExecuteAsync(
                            $"SELECT count() FROM {table} SETTINGS fallback_to_stale_replicas_for_distributed_queries = 0");
                    }

                    break;
                }
                catch (InvalidOperationException) when (waited.Elapsed < StartsWithin)
                {
                    // The other server does not answer yet.
                }

                await Task.Delay(20);
            }
        }
    }
}
