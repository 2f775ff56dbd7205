using System.Globalization;
using MySqlConnector;
using Settlements.TestServers;

namespace Settlements.Cli.Tests;

/// <summary>Closes days from sources on other engines than the store, which the settlement's file names.</summary>
[Collection(TwoStores.Tests)]
public sealed class SourceEngineTests(TwoStores stores) : IDisposable
{
    private const string Variable = "TEST_SOURCE_SECRET";

    private readonly SettlementTool _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task A_table_on_two_MySQL_servers_is_closed_into_SQLite()
    {
        var connections = new List<string>();
        for (var shard = 0; shard < 2; shard++)
        {
            connections.Add(await stores.Server.CreateDatabaseAsync($"shard{shard}"));
            await using var connection = new MySqlConnection(connections[shard]);
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = string.Create(CultureInfo.InvariantCulture, $"""
                CREATE TABLE plays (id BIGINT PRIMARY KEY, at DATETIME(6) NOT NULL, item VARCHAR(50) NOT NULL, payee VARCHAR(50) NOT NULL);
                CREATE INDEX plays_at ON plays (at);
                INSERT INTO plays VALUES ({shard}, '2024-07-01 03:00:00', 'v1', 'ann'), ({shard + 2}, '2024-07-01 04:00:00', 'v{shard}', 'bob')
                """);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        _program.Environment[Variable] = connections[0];
        _program.Environment[$"{Variable}_2"] = connections[1];
        Configure("at", "plays", $$"""
            "mySqlServers": { "connectionVariables": ["{{Variable}}", "{{Variable}}_2"], "name": "shards" }
            """);

        await CloseAsync("v0,bob,1", "v1,ann,2", "v1,bob,1");
    }

    [Fact]
    public async Task A_table_in_ClickHouse_is_closed_into_SQLite()
    {
        Assert.SkipUnless(
            ClickHouseCluster.FindMissing() is null, "ClickHouse is not installed; ./build.sh tools installs it on Debian.");
        await using var cluster = await ClickHouseCluster.StartAsync();
        await cluster.ExecuteOnAllAsync("CREATE DATABASE media");
        await cluster.ExecuteOnAllAsync("CREATE TABLE media.plays (at DateTime, item String, payee String) ENGINE = MergeTree ORDER BY at");
        await cluster.ExecuteAsync($"""
            CREATE TABLE media.plays_all (at DateTime, item String, payee String)
            ENGINE = Distributed({ClickHouseCluster.Name}, media, plays, sipHash64(item))
            """);
        await cluster.ExecuteAsync("""
            INSERT INTO media.plays_all VALUES ('2024-07-01 03:00:00', 'v1', 'ann'), ('2024-07-01 03:00:01', 'v1', 'ann'),
            ('2024-07-01 03:00:02', 'v2', 'bob')
            """);
        _program.Environment[Variable] = ClickHouseCluster.Password;
        Configure("at", "plays_all", $$"""
            "clickHouse": {
              "endpoint": "{{cluster.Endpoint}}", "user": "{{ClickHouseCluster.Reader}}", "passwordVariable": "{{Variable}}", "database": "media"
            }
            """);

        await CloseAsync("v1,ann,2", "v2,bob,1");
    }

    [Fact]
    public async Task Files_are_refused_with_the_package_that_reads_them()
    {
        Configure("at", "plays", """ "files": { "format": "parquet", "paths": ["plays"] } """);

        (await _program.RunAsync("close", "--through", "2024-07-01"))
            .ShouldBeWrongUse("$.sources[0]: 'files' is not supported by this program", "package Settlements.DuckDb");
    }

    private void Configure(string occurredAt, string table, string engine) => _program.Configure($$"""
        {
          "calendar": { "timeZone": "Asia/Seoul" },
          "meters": ["video.view"],
          "sources": [
            {
              "name": "plays", "table": "{{table}}", "occurredAt": "{{occurredAt}}", "item": "item", "payee": "payee",
              "counts": [{ "meter": "video.view" }],
              {{engine}}
            }
          ]
        }
        """);

    /// <summary>Closes the day, and compares item, payee and quantity of its lines.</summary>
    private async Task CloseAsync(params string[] lines)
    {
        (await _program.RunAsync("close", "--through", "2024-07-01")).ShouldSucceed();
        var csv = (await _program.RunAsync("lines", "--from", "2024-07-01", "--to", "2024-07-01", "--output", "-")).ShouldSucceed().Output;
        csv.TrimEnd().Split('\n').Skip(1).Select(line => string.Join(',', line.TrimEnd('\r').Split(',')[4..7])).Should().Equal(lines);
        (await _program.RunAsync("reconcile", "--from", "2024-07-01", "--to", "2024-07-01")).ShouldSucceed();
    }
}
