using Settlements.TestServers;

[assembly: AssemblyFixture(typeof(Settlements.ClickHouse.Tests.SharedCluster))]

namespace Settlements.ClickHouse.Tests;

/// <summary>The cluster that all tests of this assembly share; each creates its own database.</summary>
public sealed class SharedCluster : IAsyncLifetime
{
    private ClickHouseCluster? _cluster;
    private int _databases;

    /// <summary>The cluster. Skips the test where its programs are not installed.</summary>
    public ClickHouseCluster Cluster
    {
        get
        {
            Assert.SkipUnless(
                _cluster is not null, $"{ClickHouseCluster.FindMissing()} is not installed; ./build.sh tools installs it on Debian.");
            return _cluster;
        }
    }

    /// <summary>Creates a database on each shard.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = FormattableString.Invariant($"test{Interlocked.Increment(ref _databases)}");
        await Cluster.ExecuteOnAllAsync($"CREATE DATABASE {name}");
        return name;
    }

    public async ValueTask InitializeAsync() =>
        _cluster = ClickHouseCluster.FindMissing() is null ? await ClickHouseCluster.StartAsync() : null;

    public ValueTask DisposeAsync() => _cluster?.DisposeAsync() ?? ValueTask.CompletedTask;
}
