using System.Data.Common;
using System.Diagnostics;
using Settlements.Pipelines;
using Settlements.Testing;

namespace Settlements.MySql.Routing.Tests;

/// <summary>The primary is killed during a close, and a replica is promoted.</summary>
public sealed class PrimaryLossTests(ServersUnderTest servers) : IClassFixture<ServersUnderTest>
{
    private static readonly TimeSpan EndsWithin = TimeSpan.FromMinutes(5);

    private static DateOnly Tuesday => Scenario.Monday.AddDays(1);

    [Fact]
    public async Task A_settlement_whose_primary_dies_during_a_close_continues_on_the_promoted_replica()
    {
        await using var store = ReplicatedStore.New(servers);
        await using var scenario = await Scenario.StartAsync(store, settlement =>
        {
            Scenario.UsualRates(settlement);
            settlement.Configure(options =>
                (options.ChunkRowsMax, options.Pipeline) = (10, new PipelineOptions { RetriesMax = 1, RetryDelay = TimeSpan.Zero }));
        });
        await scenario.LoadAsync([.. Enumerable.Range(1, 200).Select(
            i => Scenario.Event(i, Scenario.Monday.AddDays(i % 2), i, $"v{i % 7}", hour: 1 + i % 20))]);
        await scenario.CloseAsync(Scenario.Monday);
        var monday = await scenario.LinesAsync();
        await servers.Set.WaitForAllAsync();

        var kill = new FirstReport(servers.Set.Primary.Kill);
        var killed = () => scenario.Engine.Days.CloseThroughAsync(Tuesday, kill);
        await killed.Should().ThrowAsync<DbException>("no server accepts writes");
        kill.WasReported.Should().BeTrue();
        await servers.Set.PromoteAsync(servers.Set.Servers[1]);
        await CloseWhenFoundAsync(scenario, Tuesday);

        (await scenario.LinesAsync(Scenario.Monday, Scenario.Monday)).Should().Equal(monday, "a published day is not closed again");
        (await scenario.LinesAsync()).Sum(line => line.Quantity).Should().Be(200 * 201 / 2);
        (await store.CountAsync("SELECT count(*) FROM business_days WHERE state = 'published'")).Should().Be(2);
        await scenario.CheckAsync(Scenario.Monday, Tuesday);
    }

    /// <summary>Closes as an operator or a schedule would: again, while the router has not found the new primary.</summary>
    private static async Task CloseWhenFoundAsync(Scenario scenario, DateOnly through)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await scenario.CloseAsync(through);
                return;
            }
            catch (DbException e) when (e.IsTransient && waited.Elapsed < EndsWithin)
            {
                await Task.Delay(20);
            }
        }
    }

    private sealed class FirstReport(Action action) : IProgress<CloseProgress>
    {
        private int _reports;

        public bool WasReported => _reports > 0;

        public void Report(CloseProgress value)
        {
            if (Interlocked.Increment(ref _reports) == 1)
                action();
        }
    }
}
