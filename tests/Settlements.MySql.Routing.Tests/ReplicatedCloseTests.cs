using Settlements.Testing;

namespace Settlements.MySql.Routing.Tests;

/// <summary>A close gives the same whatever the replicas do.</summary>
public sealed class ReplicatedDayCloseTests(HostsUnderTest hosts) : DayCloseContract, IClassFixture<HostsUnderTest>
{
    protected override StoreUnderTest NewStore() => ReplicatedStore.New(hosts);
}

/// <summary>A close reads events where they are known to be, and writes at the primary.</summary>
public sealed class ReplicatedCloseTests(HostsUnderTest hosts) : IClassFixture<HostsUnderTest>
{
    [Fact]
    public async Task Events_are_read_from_a_replica_that_has_the_day()
    {
        await using var store = ReplicatedStore.New(hosts);
        await using var scenario = await Scenario.StartAsync(store);
        await LoadAsync(scenario, 200);
        using var routes = new Routes();

        await scenario.CloseAsync(Scenario.Monday);

        (await scenario.LinesAsync()).Sum(l => l.Quantity).Should().Be(200);
        routes.Taken.Should().Contain(r => r.Reason == "known_past_token" || r.Reason == "waited_for_token")
            .And.NotContain(r => r.Reason == "fallback_to_primary");
    }

    [Fact]
    public async Task A_replica_that_lacks_the_day_is_waited_for_no_longer_than_allowed_and_never_believed()
    {
        await using var store = ReplicatedStore.New(hosts, HostsUnderTest.Quick with { TokenWaitMax = TimeSpan.FromMilliseconds(200) });
        await using var scenario = await Scenario.StartAsync(store);
        await hosts.Set.WaitForAllAsync();
        await hosts.Set.Servers[1].DelayAsync(TimeSpan.FromHours(1));
        await hosts.Set.Servers[2].StopSqlThreadAsync();
        try
        {
            await LoadAsync(scenario, 200);
            using var routes = new Routes();

            await scenario.CloseAsync(Scenario.Monday);

            (await scenario.LinesAsync()).Sum(l => l.Quantity).Should().Be(200);
            routes.Taken.Should().Contain(r => r.Reason == "fallback_to_primary");
        }
        finally
        {
            await hosts.Set.Servers[1].DelayAsync(TimeSpan.Zero);
            await hosts.Set.Servers[2].StartSqlThreadAsync();
        }
    }

    [Fact]
    public async Task A_close_goes_on_when_its_replicas_are_lost()
    {
        await using var store = ReplicatedStore.New(hosts);
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
                hosts.Links[1].Cut();
                hosts.Links[2].Cut();
            });

            await scenario.Engine.Days.CloseThroughAsync(Scenario.Monday, lost);

            lost.WasReported.Should().BeTrue();
            (await scenario.LinesAsync()).Sum(l => l.Quantity).Should().Be(300);
        }
        finally
        {
            hosts.Links[1].Restore();
            hosts.Links[2].Restore();
        }
    }

    private static Task<LoadReport> LoadAsync(Scenario scenario, int events) =>
        scenario.LoadAsync([.. Enumerable.Range(1, events).Select(i => Scenario.Event(i, Scenario.Monday, item: $"v{i % 7}", hour: 1 + (i % 20)))]);

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
