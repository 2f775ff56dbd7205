using Settlements.Testing;

namespace Settlements.MySql.Routing.Tests;

/// <summary>The contract of closing days, on a primary with replicas.</summary>
public sealed class ReplicatedDayCloseTests(ServersUnderTest servers) : DayCloseContract, IClassFixture<ServersUnderTest>
{
    protected override StoreUnderTest NewStore() => ReplicatedStore.New(servers);
}

/// <summary>A close reads events from a replica that is known to have them, and writes to the primary.</summary>
public sealed class ReplicatedCloseTests(ServersUnderTest servers) : IClassFixture<ServersUnderTest>
{
    [Fact]
    public async Task Events_are_read_from_a_replica_that_has_the_day()
    {
        await using var store = ReplicatedStore.New(servers);
        await using var scenario = await Scenario.StartAsync(store);
        await LoadAsync(scenario, 200);
        using var routes = new RecordedRoutes();

        await scenario.CloseAsync(Scenario.Monday);

        (await scenario.LinesAsync()).Sum(l => l.Quantity).Should().Be(200);
        routes.Taken.Should().Contain(r => r.Reason == "known_past_token" || r.Reason == "waited_for_token")
            .And.NotContain(r => r.Reason == "fallback_to_primary");
    }

    [Fact]
    public async Task A_close_waits_for_a_lagging_replica_up_to_the_limit_and_then_reads_from_the_primary()
    {
        await using var store = ReplicatedStore.New(
            servers, ServersUnderTest.ProbeOptions(tokenWaitMax: TimeSpan.FromMilliseconds(200)));
        await using var scenario = await Scenario.StartAsync(store);
        await servers.Set.WaitForAllAsync();
        await servers.Set.Servers[1].DelayAsync(TimeSpan.FromHours(1));
        await servers.Set.Servers[2].StopSqlThreadAsync();
        try
        {
            await LoadAsync(scenario, 200);
            using var routes = new RecordedRoutes();

            await scenario.CloseAsync(Scenario.Monday);

            (await scenario.LinesAsync()).Sum(l => l.Quantity).Should().Be(200);
            routes.Taken.Should().Contain(r => r.Reason == "fallback_to_primary");
        }
        finally
        {
            await servers.Set.Servers[1].DelayAsync(TimeSpan.Zero);
            await servers.Set.Servers[2].StartSqlThreadAsync();
        }
    }

    [Fact]
    public async Task A_close_continues_when_its_replicas_are_lost()
    {
        await using var store = ReplicatedStore.New(servers);
        await using var scenario = await Scenario.StartAsync(store, settlement =>
        {
            Scenario.UsualRates(settlement);
            settlement.Configure(options => options.ChunkRowsMax = 10);
        });
        await LoadAsync(scenario, 300);
        try
        {
            var lost = new Lost(() =>
            {
                servers.Links[1].Cut();
                servers.Links[2].Cut();
            });

            await scenario.Engine.Days.CloseThroughAsync(Scenario.Monday, lost);

            lost.WasReported.Should().BeTrue();
            (await scenario.LinesAsync()).Sum(l => l.Quantity).Should().Be(300);
        }
        finally
        {
            servers.Links[1].Restore();
            servers.Links[2].Restore();
        }
    }

    private static Task<LoadReport> LoadAsync(Scenario scenario, int events) =>
        scenario.LoadAsync([.. Enumerable.Range(1, events)
            .Select(i => Scenario.Event(i, Scenario.Monday, item: $"v{i % 7}", hour: 1 + (i % 20)))]);

    private sealed class Lost(Action lose) : IProgress<CloseProgress>
    {
        private int _reports;

        public bool WasReported => _reports > 0;

        public void Report(CloseProgress value)
        {
            if (value.Run.ChunksDone > 2 && Interlocked.Increment(ref _reports) == 1)
                lose();
        }
    }
}
