using Settlements.Sqlite.Tests;
using Settlements.TestServers;
using Settlements.Testing;

namespace Settlements.ClickHouse.Tests;

/// <summary>Reconciling sums a day again only when the parts with its rows have changed.</summary>
public sealed class PartStateTests(ClickHouseFixture shared)
{
    private static readonly DateRange Monday = new(Scenario.Monday, Scenario.Monday);

    private int _sums;

    /// <summary>
    /// Odd ids are of one shard: parts of several shards may have the same name, and then a change of any of them counts.
    /// </summary>
    [Theory]
    [InlineData("plays_all", false)]
    [InlineData("plays_all", true)]
    [InlineData("plays", false)]
    public async Task A_day_whose_parts_are_unchanged_is_not_summed_again(string table, bool isReplicated)
    {
        await using var source = await NewAsync(isReplicated);
        await source.ExecuteAsync($"INSERT INTO $db.{table} VALUES {Row(1, Scenario.Monday, 5)}");
        await using var store = new SqliteUnderTest();
        await using var scenario = await StartAsync(store, source, table);
        await scenario.CloseAsync(Scenario.Monday);

        (await SumsOfAsync(scenario)).Should().Be((1, 0), "the first time");
        (await SumsOfAsync(scenario)).Should().Be((0, 0));
        await source.ExecuteAsync($"INSERT INTO $db.{table} VALUES {Row(3, Scenario.Monday.AddDays(1), 5)}");
        (await SumsOfAsync(scenario)).Should().Be((0, 0), "the new part has rows of another day only");
        await source.ExecuteAsync($"INSERT INTO $db.{table} VALUES {Row(5, Scenario.Monday, 7)}");
        (await SumsOfAsync(scenario)).Should().Be((1, 7));
        (await SumsOfAsync(scenario, full: true)).Should().Be((1, 0), "all is summed");
    }

    [Fact]
    public async Task A_deleted_row_is_found()
    {
        await using var source = await NewAsync(isReplicated: false);
        await source.ExecuteAsync($"INSERT INTO $db.plays VALUES {Row(1, Scenario.Monday, 5)}, {Row(2, Scenario.Monday, 7)}");
        await using var store = new SqliteUnderTest();
        await using var scenario = await StartAsync(store, source, "plays");
        await scenario.CloseAsync(Scenario.Monday);
        await SumsOfAsync(scenario);
        (await SumsOfAsync(scenario)).Should().Be((0, 0));

        await source.ExecuteAsync("ALTER TABLE $db.plays DELETE WHERE id = 2");
        while ((await source.ExecuteAsync("SELECT count() FROM $db.plays")).Trim() != "1")
            await Task.Delay(10);

        (await SumsOfAsync(scenario)).Should().Be((1, -7));
    }

    [Fact]
    public async Task A_change_of_a_joined_table_sums_the_day_again()
    {
        await using var source = await NewAsync(isReplicated: false);
        await source.CreateAsync("owners", "id UInt64, item String, owner String", "MergeTree ORDER BY item");
        await source.ExecuteAsync($"INSERT INTO $db.plays VALUES {Row(1, Scenario.Monday, 5)}");
        await source.ExecuteAsync("INSERT INTO $db.owners VALUES (1, 'v1', 'ann')");
        await using var store = new SqliteUnderTest();
        await using var scenario = await Scenario.StartAsync(store, s => s.StartsOn(Scenario.Monday).Source("plays", p => source.On(
            p.Table("plays").Join("owners", "owners.item = plays.item").OccurredAt("at", InstantFormat.UnixMicroseconds)
                .Item("plays.item").Payee("owners.owner")).Sums("video.view", "quantity").CountedFrom(Scenario.Monday)));
        await scenario.CloseAsync(Scenario.Monday);
        await SumsOfAsync(scenario);
        (await SumsOfAsync(scenario)).Should().Be((0, 0));

        await source.ExecuteAsync("INSERT INTO $db.owners VALUES (2, 'v2', 'bob')");

        (await SumsOfAsync(scenario)).Should().Be((1, 0));
    }

    /// <summary>A later version of a row can be of another day.</summary>
    [Fact]
    public async Task With_FINAL_a_row_that_a_part_of_another_day_replaces_is_found()
    {
        await using var source = await NewAsync(isReplicated: false);
        var count = source.Options;
        source.Options = o =>
        {
            count(o);
            o.Final = true;
        };
        await source.CreateAsync("latest", ClickHouseUnderTest.Columns, "ReplacingMergeTree ORDER BY id");
        await source.ExecuteAsync($"INSERT INTO $db.latest VALUES {Row(1, Scenario.Monday, 5)}, {Row(2, Scenario.Monday, 7)}");
        await using var store = new SqliteUnderTest();
        await using var scenario = await StartAsync(store, source, "latest");
        await scenario.CloseAsync(Scenario.Monday);
        await SumsOfAsync(scenario);
        (await SumsOfAsync(scenario)).Should().Be((0, 0));

        await source.ExecuteAsync($"INSERT INTO $db.latest VALUES {Row(2, Scenario.Monday.AddDays(1), 7)}");

        (await SumsOfAsync(scenario)).Should().Be((1, -7));
    }

    /// <summary>Another replica, which may be behind, can answer the next time.</summary>
    [Fact]
    public async Task A_replicated_table_without_a_cluster_of_single_replicas_is_summed_each_time()
    {
        await using var source = await NewAsync(isReplicated: true);
        await source.ExecuteAsync($"INSERT INTO $db.plays VALUES {Row(1, Scenario.Monday, 5)}");
        await using var store = new SqliteUnderTest();
        await using var scenario = await StartAsync(store, source, "plays");
        await scenario.CloseAsync(Scenario.Monday);

        for (var i = 0; i < 2; i++)
            (await SumsOfAsync(scenario)).Should().Be((1, 0));
    }

    private static string Row(int id, DateOnly day, int quantity) => FormattableString.Invariant(
        $"({id}, {UnixMicroseconds.From(Scenario.Instant(day, 3))}, 'v1', 'ann', {quantity})");

    private static Task<Scenario> StartAsync(StoreUnderTest store, ClickHouseUnderTest source, string table) => Scenario.StartAsync(
        store, s => s.StartsOn(Scenario.Monday).Source("plays", p => source.Configure(p).Table(table).Sums("video.view", "quantity")
            .CountedFrom(Scenario.Monday)));

    private async Task<ClickHouseUnderTest> NewAsync(bool isReplicated)
    {
        var source = await ClickHouseUnderTest.NewAsync(shared, isReplicated);
        source.Options = o => Between.Use(o, sql =>
        {
            _sums += IsSum(sql) ? 1 : 0;
            return Task.FromResult<HttpResponseMessage?>(null);
        });
        return source;
    }

    /// <summary>Returns whether a statement sums groups; validation executes one without rows.</summary>
    private static bool IsSum(string sql) => sql.Contains("bitShiftRight", StringComparison.Ordinal)
        && sql.Contains("GROUP BY", StringComparison.Ordinal) && !sql.Contains("(1 = 0)", StringComparison.Ordinal);

    /// <summary>Reconciles Monday.</summary>
    /// <returns>The number of statements that sum, and the quantity of the differences.</returns>
    private async Task<(int Sums, long Quantity)> SumsOfAsync(Scenario scenario, bool full = false)
    {
        _sums = 0;
        var report = await scenario.Engine.Reconciler.ReconcileAsync(Monday, new ReconcileOptions { Full = full });
        return (_sums, report.Findings.Sum(f => f.Quantity));
    }
}
