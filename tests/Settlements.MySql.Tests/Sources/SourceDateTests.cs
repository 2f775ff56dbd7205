using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Settlements.Stores;
using Settlements.Testing;

namespace Settlements.MySql.Tests.Sources;

/// <summary>Impossible dates in any column that is read: the error names the row, and doesn't recommend an option of the driver.</summary>
public sealed class SourceDateTests(SharedServer shared)
{
    [Theory]
    [InlineData("at DATETIME NOT NULL", "at,id", "'2024-06-31 23:59:59'", "'2024-06-31 23:59:59'", "at holds")]
    [InlineData("at TIMESTAMP(3) NULL", "id", "'0000-00-00'", "'0000-00-00 00:00:00.000'", "at holds")]
    [InlineData("at TIMESTAMP NULL", "id", "NULL", "null", "at holds")]
    [InlineData("at DATETIME(6) NOT NULL, made DATETIME NOT NULL DEFAULT '2024-02-00', KEY made (made, id)", "made,id",
        "'2024-07-01 01:00'", "'2024-02-00 00:00:00'", "made holds")]
    public async Task An_impossible_date_is_named_for_any_type_key_and_plan(
        string columns, string key, string sql, string shown, string name)
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await store.ExecuteAsync($"""
            SET SESSION sql_mode = 'ALLOW_INVALID_DATES';
            CREATE TABLE play (id BIGINT NOT NULL PRIMARY KEY, item INT, owner INT, {columns}, KEY by_at (at));
            INSERT INTO play (id, at, item, owner) VALUES (1, '2024-06-30 23:59:59', 1, 1), (99, {sql}, 1, 1), (3, '2024-07-01', 1, 1)
            """);

        // The server sums by instants, without the key.
        foreach (var plan in Enum.GetValues<SumPlan>().Where(p => p == SumPlan.Stream || name == "at holds"))
        {
            await using var scenario = await StartAsync(store, key, plan: plan);

            (await scenario.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<UsageSourceException>())
                .WithMessage($"*'plays'*{name} {shown}*id = *Correct the row*Where*").Which.Message.Should().NotContain("ZeroDateTime");
        }
    }

    [Fact]
    public async Task An_impossible_date_that_is_inserted_after_the_check_is_found_when_its_day_is_summed()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await store.ExecuteAsync("""
            SET SESSION sql_mode = 'ALLOW_INVALID_DATES';
            CREATE TABLE play (id BIGINT NOT NULL PRIMARY KEY, item INT, owner INT, at DATETIME(6) NOT NULL, KEY by_at (at));
            INSERT INTO play (id, at, item, owner) VALUES (1, '2024-06-30 23:59:59', 1, 1), (99, '2024-06-31', 1, 1)
            """);
        await using var scenario = await StartAsync(store, "at,id");
        var table = scenario.Services.GetRequiredService<IOptions<SettlementOptions>>().Value.Sources[0];
        var source = scenario.Services.GetRequiredService<IUsageSourceFactory>().CreateTable(table);
        var day = new SourceDay(Scenario.Monday, new RecordedCalendar(new BusinessCalendar("Asia/Seoul"), []), source.Meters);

        var sum = () => source.SumAsync(day, null, new SumAccumulator(), default);

        (await sum.Should().ThrowAsync<UsageSourceException>()).WithMessage("*at holds '2024-06-31 00:00:00.000000'*id = 99*");
    }

    private static Task<Scenario> StartAsync(MySqlUnderTest store, string key, SumPlan plan = SumPlan.Stream) => Scenario.StartAsync(
        store, s => s
            .Source("plays", plays =>
                plays.Table("play").Key(key.Split(',')).OccurredAt("at").Item("item").Payee("owner").Counts("video.view"))
            .Rates("video.view", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.KRW, 1m)),
        use: s => s.UseMySql(new MySqlStoreOptions { ConnectionString = store.ConnectionString, SumPlan = plan }));
}
