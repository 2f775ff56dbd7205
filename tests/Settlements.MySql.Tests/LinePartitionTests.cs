using Settlements.Testing;

namespace Settlements.MySql.Tests;

/// <summary>Partitions of the lines by run, with which an administrator limits the size of their indexes (docs/guides/scale.md).</summary>
public sealed class LinePartitionTests(SharedServer shared)
{
    [Fact]
    public async Task Lines_can_be_partitioned_by_run()
    {
        await using var store = new MySqlUnderTest(shared.Server);
        await using var scenario = await Scenario.StartAsync(store);
        await store.ExecuteAsync("""
            ALTER TABLE settlement_lines PARTITION BY RANGE (run_id)
                (PARTITION first VALUES LESS THAN (2), PARTITION rest VALUES LESS THAN MAXVALUE)
            """);
        var tuesday = Scenario.Monday.AddDays(1);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5), Scenario.Event(2, tuesday, 7));
        await scenario.CloseAsync(Scenario.Monday);
        await scenario.LoadAsync(Scenario.Event(3, Scenario.Monday, 2));

        await scenario.CloseAsync(tuesday);

        (await store.ReadAsync("SELECT count(*) FROM settlement_lines PARTITION (first)")).Should().Equal("1");
        (await scenario.LinesAsync()).Sum(l => l.Quantity).Should().Be(14);
        await using var restarted = await Scenario.StartAsync(store);
        await restarted.CheckAsync(Scenario.Monday, tuesday);
    }
}
