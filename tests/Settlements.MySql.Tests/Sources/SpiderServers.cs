using Settlements.TestServers;
using Settlements.Testing;

namespace Settlements.MySql.Tests.Sources;

/// <summary>The servers of MariaDB's Spider, whose first node is the shared server.</summary>
public sealed class SpiderServers(SharedServer shared) : IAsyncLifetime
{
    private SpiderCluster? _cluster;

    public MySqlServer Head => Cluster.Head;

    /// <summary>The second node, which a test may stop and restart.</summary>
    public MySqlServer Node => Cluster.Node;

    private SpiderCluster Cluster => _cluster ?? throw new InvalidOperationException("Spider is not installed.");

    public async ValueTask InitializeAsync() => _cluster = await SpiderCluster.StartAsync(shared.Server);

    /// <summary>Creates a table that is partitioned over the nodes: rows of even hours are on the first one.</summary>
    internal async Task<SpiderTable> NewTableAsync(string name)
    {
        Assert.SkipUnless(
            _cluster is not null, $"{SpiderCluster.Plugin} is not installed: on Debian, apt-get install mariadb-plugin-spider.");
        var (head, nodes) = await Cluster.CreateTableAsync(name, "usage_rows", "hour(occurred_at)", SpiderTable.Create);

        // A failed test leaves a node stopped.
        return new SpiderTable(head, nodes, () => Cluster.DropAsync(name));
    }

    public ValueTask DisposeAsync() => _cluster?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>A table of a Spider head.</summary>
internal sealed class SpiderTable(string connectionString, IReadOnlyList<string> nodes, Func<Task> drop) : UsageSourceUnderTest
{
    public string ConnectionString => connectionString;

    /// <summary>The connection strings of the nodes.</summary>
    public IReadOnlyList<string> Nodes => nodes;

    public override string QuantityColumn => "quantity";

    public static string Create(string tail = "") =>
        ShardsUnderTest.Table("usage_rows", "KEY usage_rows_at (occurred_at)", tail).Replace(
            "PRIMARY KEY (id)", "PRIMARY KEY (id, occurred_at)", StringComparison.Ordinal);

    public override Task InsertAsync(IReadOnlyList<UsageEvent> rows) => ShardsUnderTest.InsertAsync(connectionString, "usage_rows", rows);

    public override UsageTableBuilder Configure(UsageTableBuilder source) =>
        ShardsUnderTest.Columns(source).OnMySqlServer(options =>
        {
            options.ConnectionStrings.Add(connectionString);
            options.SumPlan = SumPlan.ServerGroupBy;
        });

    public override async ValueTask DisposeAsync() => await drop();
}
