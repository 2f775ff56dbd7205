namespace Settlements.TestServers;

/// <summary>
/// A cluster for the tests of a class or an assembly, each with a database of its own. Tests are skipped where its programs are not
/// installed.
/// </summary>
public class ClickHouseFixture : IAsyncLifetime
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

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
