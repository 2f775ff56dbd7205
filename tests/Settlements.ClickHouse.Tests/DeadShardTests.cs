using Settlements.Pipelines;
using Settlements.Sqlite.Tests;
using Settlements.TestServers;
using Settlements.Testing;

namespace Settlements.ClickHouse.Tests;

/// <summary>Tests that kill shards run alone: the others would fail meanwhile.</summary>
[CollectionDefinition(nameof(DeadShardTests), DisableParallelization = true)]
[Collection(nameof(DeadShardTests))]
public sealed class DeadShardTests(ClickHouseFixture shared)
{
    private static readonly UsageEvent[] Events =
        [.. Enumerable.Range(1, 24).Select(i => Scenario.Event(i, Scenario.Monday, i, $"v{i % 5}", $"p{i % 3}", hour: i - 0.5))];

    [Fact]
    public async Task A_close_fails_with_the_name_of_a_dead_shard_and_continues_with_the_remaining_slices_after_its_restart()
    {
        await using var store = new SqliteUnderTest();
        await using var source = await ClickHouseUnderTest.NewAsync(shared);
        await source.InsertAsync(Events);
        var summed = 0;
        source.Options = options =>
        {
            options.SliceRowsMax = 6;

            // The profile of this user leaves out a shard that is down; the source's settings don't.
            (options.User, options.Password) = (TestServers.ClickHouseCluster.Reader, TestServers.ClickHouseCluster.Password);
            Between.Use(options, sql =>
            {
                if (Between.IsGroups(sql) && ++summed == 3)
                    source.Cluster.Shards[1].Kill();
                return Task.FromResult<HttpResponseMessage?>(null);
            });
        };
        try
        {
            await using var scenario = await StartAsync(store, source);
            await scenario.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<UsageSourceException>()
                .WithMessage("Source 'plays'*ClickHouse at 127.0.0.1:*Code: 2*onnection*transient*2 retries*start again*");
            await scenario.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<UsageSourceException>("it is still down");
            (await scenario.LinesAsync()).Should().BeEmpty();
        }
        finally
        {
            await source.Cluster.RestartAsync(source.Cluster.Shards[1]);
        }

        var before = summed;
        await using var restarted = await StartAsync(store, source);
        await restarted.CloseAsync(Scenario.Monday);

        (summed - before).Should().Be(2, "the slices summed before the shard died have checkpoints");
        await RequireSameLinesAsync(restarted);
        await restarted.CheckAsync(Scenario.Monday, Scenario.Monday);
    }

    [Fact]
    public async Task A_shard_that_is_back_before_the_last_retry_is_not_noticed()
    {
        await using var store = new SqliteUnderTest();
        await using var source = await ClickHouseUnderTest.NewAsync(shared, isReplicated: false);
        await source.InsertAsync(Events);
        var (isKilled, attempts) = (false, 0);
        source.Options = options =>
        {
            (options.RetriesMax, options.RetryDelay) = (100, TimeSpan.FromMilliseconds(1));
            Between.Use(options, async sql =>
            {
                if (Between.IsGroups(sql) && !isKilled)
                {
                    isKilled = true;
                    source.Cluster.Shards[1].Kill();
                }
                else if (!source.Cluster.Shards[1].IsRunning && sql.Contains("count()", StringComparison.Ordinal) && ++attempts == 3)
                {
                    await source.Cluster.RestartAsync(source.Cluster.Shards[1]);
                }

                return null;
            });
        };
        await using var scenario = await StartAsync(store, source);

        await scenario.CloseAsync(Scenario.Monday);

        attempts.Should().Be(3);
        await RequireSameLinesAsync(scenario);
    }

    [Fact]
    public async Task An_instance_that_stops_within_a_close_leaves_the_remaining_slices_to_the_next_one()
    {
        await using var store = new SqliteUnderTest();
        await using var source = await ClickHouseUnderTest.NewAsync(shared, isReplicated: false);
        await source.InsertAsync(Events);
        var summed = 0;
        using var stop = new CancellationTokenSource();
        source.Options = options =>
        {
            options.SliceRowsMax = 6;
            Between.Use(options, async sql =>
            {
                if (Between.IsGroups(sql) && ++summed == 3)
                    await stop.CancelAsync();
                return null;
            });
        };
        await using (var stopped = await StartAsync(store, source))
        {
            await stopped.Invoking(s => s.Engine.Days.CloseThroughAsync(Scenario.Monday, cancellationToken: stop.Token)).Should()
                .ThrowAsync<OperationCanceledException>();
        }

        await using var next = await StartAsync(store, source);
        next.Clock.Advance(TimeSpan.FromHours(1));
        await next.CloseAsync(Scenario.Monday);

        summed.Should().Be(5, "of four slices, the third was summed again");
        await RequireSameLinesAsync(next);
    }

    private static Task<Scenario> StartAsync(StoreUnderTest store, ClickHouseUnderTest source) => Scenario.StartAsync(store, s =>
    {
        Scenario.UsualRates(s);
        s.StartsOn(Scenario.Monday).Configure(o => o.Pipeline = new PipelineOptions { Workers = 1, RetriesMax = 0 })
            .Source("plays", p => source.Configure(p).CountedFrom(Scenario.Monday).Sums("video.view", "quantity"));
    });

    private static async Task RequireSameLinesAsync(Scenario scenario)
    {
        await using var plainStore = new SqliteUnderTest();
        await using var plain = await Scenario.StartAsync(plainStore);
        await plain.LoadAsync(Events);
        await plain.CloseAsync(Scenario.Monday);
        (await scenario.DumpAsync()).Should().Be(await plain.DumpAsync());
    }
}
