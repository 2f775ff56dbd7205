using Settlements.Testing;

namespace Settlements.MySql.Tests;

/// <summary>The statements by which the rate versions of a close are recorded.</summary>
public sealed class RecordedRateTests(SharedServer shared)
{
    [Fact]
    public async Task Thousands_of_versions_are_recorded_by_a_statement_for_each_thousand()
    {
        const int Overrides = 2_500;
        await using var store = new MySqlUnderTest(shared.Server, command => Writes(command.Text));
        var writes = FaultPlan.CountOnly();
        await using var scenario = await Scenario.StartAsync(
            store,
            s => s.Rates("video.view", rates =>
            {
                rates.Flat("a", new DateOnly(2024, 1, 1), Currency.KRW, 10m);
                for (var i = 0; i < Overrides; i++)
                    rates.ForItem($"item-{i}", item => item.Flat("a", new DateOnly(2024, 1, 1), Currency.KRW, 20m));
            }),
            use: s => store.Use(s, writes));
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, item: "item-7"));
        await scenario.CloseAsync(Scenario.Monday);
        var first = writes.Statements;
        await scenario.CloseAsync(Scenario.Monday.AddDays(1));

        first.Should().Be(6, "2,501 versions are 3 statements when the close starts, and 3 when it publishes the day");
        writes.Statements.Should().Be(first, "the next close has no new versions");
        (await store.CountAsync("SELECT count(*) FROM rate_versions WHERE is_priced = 1")).Should().Be(Overrides + 1);
        (await scenario.LineAsync(Scenario.Monday)).Amount.Should().Be(20);
    }

    private static bool Writes(string sql) =>
        sql.Contains("rate_versions", StringComparison.Ordinal) && !sql.TrimStart().StartsWith("SELECT", StringComparison.OrdinalIgnoreCase)
        && !sql.Contains("CREATE TABLE", StringComparison.Ordinal);
}
