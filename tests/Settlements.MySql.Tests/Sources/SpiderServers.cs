using Dapper;
using MySqlConnector;
using Settlements.TestServers;
using Settlements.Testing;

namespace Settlements.MySql.Tests.Sources;

/// <summary>
/// MariaDB's Spider as an engine that speaks MySQL's protocol and keeps the rows elsewhere: a head, and two nodes, of which the first is
/// the shared server.
/// </summary>
public sealed class SpiderServers(SharedServer shared) : IAsyncLifetime
{
    private const string Plugin = "ha_spider.so";

    private MySqlServer? _head;
    private MySqlServer? _node;

    public MySqlServer Head => _head ?? throw new InvalidOperationException("Spider is not installed.");

    /// <summary>The second node, which a test may stop and restart.</summary>
    public MySqlServer Node => _node ?? throw new InvalidOperationException("Spider is not installed.");

    public async ValueTask InitializeAsync()
    {
        await using var connection = new MySqlConnection(shared.Server.ConnectionString);
        var folder = await connection.ExecuteScalarAsync<string>("SELECT @@plugin_dir");
        if (MySqlServer.FindBinary() is null || !File.Exists(Path.Combine(folder!, Plugin)))
            return;
        var servers = await Task.WhenAll(
            MySqlServer.StartAsync("--innodb-flush-log-at-trx-commit=2"), MySqlServer.StartAsync(
                $"--plugin-load-add={Plugin}", "--loose-spider-connect-retry-count=1", "--innodb-flush-log-at-trx-commit=2"));
        (_node, _head) = (servers[0], servers[1]);
    }

    /// <summary>Creates a table that is partitioned over the nodes: rows of even hours are on the first one.</summary>
    internal async Task<SpiderTable> NewTableAsync(string name)
    {
        Assert.SkipUnless(_head is not null, $"{Plugin} is not installed: on Debian, apt-get install mariadb-plugin-spider.");
        string[] nodes = [await shared.Server.CreateDatabaseAsync(name), await Node.CreateDatabaseAsync(name)];
        var partitions = new List<string>();
        foreach (var (i, node) in nodes.Index())
        {
            await ExecuteAsync(node, SpiderTable.Create());
            var address = new MySqlConnectionStringBuilder(node);
            partitions.Add($"PARTITION p{i} COMMENT = 'wrapper \"mysql\", host \"127.0.0.1\", port "
                + $"\"{address.Port}\", user \"{address.UserID}\", "
                + $"password \"{address.Password}\", database \"{address.Database}\", table \"usage_rows\"'");
        }

        var head = await Head.CreateDatabaseAsync(name);
        await ExecuteAsync(
            head, SpiderTable.Create($"ENGINE = SPIDER PARTITION BY HASH (hour(occurred_at)) ({string.Join(", ", partitions)})"));
        return new SpiderTable(head, nodes, async () =>
        {
            // A failed test leaves it stopped.
            if (!Node.IsRunning)
                await Node.RunAsync();
            await Head.DropDatabaseAsync(name);
            await Node.DropDatabaseAsync(name);
            await shared.Server.DropDatabaseAsync(name);
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_head is not null)
            await _head.DisposeAsync();
        if (_node is not null)
            await _node.DisposeAsync();
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new MySqlConnection(connectionString);
        await connection.ExecuteAsync(sql);
    }
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
