using System.Diagnostics;
using System.Globalization;
using Settlements.MySql;
using Settlements.MySql.Tests;
using Settlements.Sqlite.Tests;
using Settlements.TestServers;
using Settlements.Testing;

namespace Settlements.ClickHouse.Tests;

/// <summary>
/// The same usage has the same lines to the byte on every engine, whose sources are closed into SQLite, and in both stores: 20,000 rows, or
/// 5 million with <c>SETTLEMENT_TESTS=long</c>.
/// </summary>
[Collection(nameof(Chdb))]
public sealed class EveryEngineTests(GeneratedUsage usage, ClickHouseFixture shared) : IClassFixture<GeneratedUsage>
{
    private const string Columns = "id UInt64, occurred_at Int64, kind String, item String, payee String, quantity Int64";

    private readonly Stopwatch _watch = Stopwatch.StartNew();

    [Fact]
    public async Task Lines_of_the_own_table_on_sqlite_are_those_of_the_generated_rows()
    {
        var lines = await usage.ReferenceAsync();

        new[] { lines.Events, lines.Lines, lines.Quantity }.Should().Equal(usage.Count());
    }

    [Fact]
    public async Task Lines_of_the_own_table_on_mysql_are_the_same()
    {
        await using var store = new MySqlUnderTest(usage.Server);

        (await usage.CloseOwnTableAsync("own table, MariaDB", store)).Should().Be(await usage.ReferenceAsync());
    }

    [Theory]
    [InlineData(SumPlan.Stream)]
    [InlineData(SumPlan.ServerGroupBy)]
    public async Task Lines_of_a_table_on_a_mysql_server_are_the_same(SumPlan plan) =>
        await RequireSameLinesAsync($"table in MariaDB, {plan}", OnMySql(await usage.MySqlTableAsync(), plan));

    [Fact]
    public async Task Lines_of_a_table_on_two_nodes_of_spider_are_the_same() =>
        await RequireSameLinesAsync("Spider, two nodes", OnMySql(await usage.SpiderTableAsync(), SumPlan.ServerGroupBy));

    [Fact]
    public Task Lines_of_parquet_files_are_the_same() => RequireSameLinesAsync(
        "DuckDB, Parquet", source => source.OnDuckDb(files => files.Parquet(usage.Parquet)).OccurredAt("occurred_at"));

    [Fact]
    public async Task Lines_of_a_clickhouse_cluster_of_two_shards_are_the_same()
    {
        await using var source = new ClickHouseUnderTest(shared.Cluster, await shared.CreateDatabaseAsync());
        await source.CreateAsync("usage", Columns, "MergeTree ORDER BY (occurred_at, item)");
        await using (var rows = File.OpenRead(usage.MicrosecondsCsv))
            await shared.Cluster.Shards[0].InsertAsync($"INSERT INTO {source.Database}.usage_all FORMAT CSV", rows);
        foreach (var shard in shared.Cluster.Shards)
        {
            long.Parse(await shard.ExecuteAsync($"SELECT count() FROM {source.Database}.usage"), CultureInfo.InvariantCulture)
                .Should().Be(GeneratedUsage.Rows / 2);
        }

        await RequireSameLinesAsync("ClickHouse 18.16, two shards", OnClickHouse(source));
    }

    [Fact]
    public async Task Lines_of_a_current_clickhouse_are_the_same()
    {
        await using var source = await ChdbUnderTest.NewAsync();
        await source.CreateAsync("usage", Columns, "MergeTree ORDER BY (occurred_at, item)");
        await source.ExecuteAsync($"INSERT INTO $db.usage_all SELECT * FROM file('{usage.MicrosecondsCsv}', CSV, '{Columns}')");

        await RequireSameLinesAsync("ClickHouse 26.7 (chdb)", OnClickHouse(source));
    }

    private static Action<UsageTableBuilder> OnMySql(string connectionString, SumPlan plan) =>
        source => source.Table("usage_rows").OccurredAt("occurred_at").OnMySqlServer(options =>
        {
            options.ConnectionStrings.Add(connectionString);
            options.SumPlan = plan;
        });

    private static Action<UsageTableBuilder> OnClickHouse(ClickHouseUnderTest database) =>
        source => database.On(source.Table("usage_all").OccurredAt("occurred_at", InstantFormat.UnixMicroseconds));

    private async Task RequireSameLinesAsync(string name, Action<UsageTableBuilder> table)
    {
        ClosedLines.WriteSeconds($"{name}: loaded", _watch);
        await using var store = new SqliteUnderTest();
        await using var scenario = await Scenario.StartAsync(store, settlement =>
        {
            GeneratedUsage.Rates(settlement);
            settlement.Source("usage", source =>
            {
                table(source);
                source.Item("item").Payee("payee").CountedFrom(Scenario.Monday).Sums("usage", "quantity", by: "kind");
            });
        });

        (await ClosedLines.CloseAsync(name, scenario)).Should().Be(await usage.ReferenceAsync());
    }
}
