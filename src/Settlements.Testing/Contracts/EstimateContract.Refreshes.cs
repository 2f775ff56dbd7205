using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements.Testing;

// Refreshes that fail, are cancelled, resumed, shared, or overtaken by a close.
public abstract partial class EstimateContract
{
    [Fact]
    public async Task A_refresh_replaces_the_estimate_and_deletes_its_rows()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5), Scenario.Event(2, Tuesday, 7));
        await scenario.Engine.Estimates.RefreshAsync(Scenario.Instant(Tuesday, 13));
        await scenario.LoadAsync(Scenario.Event(3, Tuesday, 11));
        await scenario.Engine.Estimates.RefreshAsync(Scenario.Instant(Tuesday, 14));

        (await EstimatedAsync(scenario)).Should().HaveCount(2);
        (await store.CountAsync("SELECT count(*) FROM settlement_lines")).Should().Be(2);
        (await store.CountAsync("SELECT count(*) FROM partial_sums")).Should().Be(0);
        (await store.CountAsync("SELECT count(*) FROM control_totals")).Should().Be(0);
        (await store.CountAsync("SELECT count(*) FROM item_counters")).Should().Be(0);
        await scenario.CloseAsync(Tuesday);
        (await scenario.Engine.Estimates.RefreshAsync(Scenario.Instant(Tuesday, 15))).Days.Should().BeNull("no day is open");
        (await scenario.Engine.Verifier.VerifyAsync(new DateRange(Scenario.Monday, Tuesday))).Differences.Should().BeEmpty();
    }

    [Fact]
    public async Task Cancelled_refreshes_leave_the_rows_of_the_last_one_and_the_current_estimate()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5));
        await InsertAsync(store, 2, Scenario.Monday, 900_000_000_000_000, "ann");
        await InsertAsync(store, 3, Scenario.Monday, 900_000_000_000_000, "bob");
        await scenario.Engine.Estimates.RefreshAsync(Scenario.Instant(Scenario.Monday, 13));
        for (var day = 1; day <= 3; day++)
        {
            using var cancelled = new CancellationTokenSource();
            var cancels = new InlineProgress<RunProgress>(p =>
            {
                if (p.Step == "publish")
                    cancelled.Cancel();
            });
            await scenario.Engine.Estimates
                .Invoking(e => e.RefreshAsync(Scenario.Instant(Scenario.Monday.AddDays(day), 13), cancels, cancelled.Token))
                .Should().ThrowAsync<OperationCanceledException>();
        }

        (await RunsAsync("settlement_lines")).Should().Be(2);
        (await RunsAsync("quarantined_usage")).Should().Be(2);
        (await RunsAsync("partial_sums")).Should().Be(1);
        (await RunsAsync("control_totals")).Should().Be(1);
        (await EstimatedAsync(scenario)).Should().NotBeEmpty();
        await scenario.Engine.Estimates.RefreshAsync(Scenario.Instant(Tuesday, 13));
        (await RunsAsync("settlement_lines")).Should().Be(1);
        (await RunsAsync("partial_sums")).Should().Be(0);

        // A run has 512 ids, from -512 for the first one.
        Task<long> RunsAsync(string table) => store.CountAsync($"SELECT count(DISTINCT floor(-run_id / 512)) FROM {table}");
    }

    [Fact]
    public async Task The_next_refresh_deletes_the_lines_that_a_crash_after_the_publication_left()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5));
        await scenario.Engine.Estimates.RefreshAsync(Scenario.Instant(Scenario.Monday, 13));
        await scenario.LoadAsync(Scenario.Event(2, Scenario.Monday, 7));

        await CancelAsync(chunksDone: 1);
        (await EstimatedAsync(scenario)).Should().ContainSingle().Which.Should().Contain("Quantity = 12", "it is published");
        (await RunsAsync()).Should().Be(2, "the lines of the first refresh are not deleted yet");
        await CancelAsync(chunksDone: 0);
        (await RunsAsync()).Should().Be(2, "they are deleted before new ones are written, although this refresh is not published either");
        (await EstimatedAsync(scenario)).Should().ContainSingle().Which.Should().Contain("Quantity = 12");

        async Task CancelAsync(int chunksDone)
        {
            using var cancelled = new CancellationTokenSource();
            var cancels = new InlineProgress<RunProgress>(p =>
            {
                if (p.Step == "publish" && p.ChunksDone == chunksDone)
                    cancelled.Cancel();
            });
            await scenario.Engine.Estimates
                .Invoking(e => e.RefreshAsync(Scenario.Instant(Scenario.Monday, 14), cancels, cancelled.Token))
                .Should().ThrowAsync<OperationCanceledException>();
        }

        Task<long> RunsAsync() => store.CountAsync("SELECT count(DISTINCT run_id) FROM settlement_lines");
    }

    [Fact]
    public async Task A_close_executes_no_statements_for_abandoned_refreshes()
    {
        var (without, with) = (await CountAsync(0), await CountAsync(3));

        with.Should().Be(without);

        async Task<long> CountAsync(int abandoned)
        {
            await using var store = NewStore();
            var plan = FaultPlan.CountOnly();
            await using var scenario = await Scenario.StartAsync(
                store, s =>
                {
                    Scenario.UsualRates(s);
                    s.Configure(o => o.Pipeline = new PipelineOptions { Workers = 1 });
                },
                use: s => store.Use(s, plan));
            await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5));
            var step = new PublishEstimateStep(null!, null!, null!, null!, null!, default, default, 0);
            for (var i = 0; i < abandoned; i++)
            {
                var pipeline = new Pipeline(UsageEstimates.PipelineName, "1", i.ToString(CultureInfo.InvariantCulture), [step]);
                var (runId, _) = await scenario.Services.GetRequiredService<IRunStore>()
                    .StartAsync(pipeline, InstanceId.New(), TimeSpan.FromMinutes(1), default);
                (await scenario.Engine.Pipelines.AbandonAsync(runId)).Should().BeTrue();
            }

            var before = plan.Statements;
            await scenario.CloseAsync(Scenario.Monday);
            return plan.Statements - before;
        }
    }

    [Fact]
    public async Task A_refresh_validates_each_source_once_and_needs_one_accumulator_for_each_worker()
    {
        await using var store = NewStore();
        var source = ExternalSourceContract.NewSource();
        await using var scenario = await ExternalSourceContract.StartAsync(store, source);
        await scenario.CloseAsync(Scenario.Monday);
        foreach (var day in (int[])[1, 2, 3])
            source.Events.Enqueue(Scenario.Event(100 + day, Scenario.Monday.AddDays(day)));
        var before = source.Validations;
        source.Accumulators.Clear();

        await scenario.Engine.Estimates.RefreshAsync(Scenario.Instant(Scenario.Monday.AddDays(3), 13));

        (source.Validations - before).Should().Be(1);
        source.Accumulators.Should().ContainSingle("one worker sums the three days");
    }

    [Fact]
    public async Task A_failed_refresh_is_resumed_and_keeps_the_instant_of_its_start()
    {
        await using var store = NewStore();
        var source = ExternalSourceContract.NewSource();
        var last = source.SliceAsync(null!, 1, default).Result[^1];
        await using var scenario = await ExternalSourceContract.StartAsync(store, source);
        var start = Scenario.Instant(Scenario.Monday, 13);
        scenario.Clock.SetUtcNow(start);
        source.Summing = slice =>
        {
            if (slice == last)
                throw new UsageSourceException("Source 'clicks': row 20 is out of range.");
        };
        for (var i = 0; i < 3; i++)
        {
            await scenario.Engine.Estimates.Invoking(e => e.RefreshAsync(scenario.Clock.GetUtcNow()))
                .Should().ThrowAsync<UsageSourceException>();
            scenario.Clock.Advance(TimeSpan.FromHours(1));
        }

        source.Summing = _ => { };
        var refreshed = await scenario.Engine.Estimates.RefreshAsync(scenario.Clock.GetUtcNow());

        refreshed.AsOf.Should().Be(start, "usage that was committed later may be missing");
        source.Summed.Should().OnlyHaveUniqueItems().And.HaveCount(ExternalSourceContract.Slices);
        (await scenario.Engine.Pipelines.ListRunsAsync(10)).Should().ContainSingle();
        var next = scenario.Clock.GetUtcNow();
        (await scenario.Engine.Estimates.RefreshAsync(next)).AsOf.Should().Be(next);
    }

    [Fact]
    public async Task A_day_that_is_published_during_a_refresh_is_not_counted_twice()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await using var other = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 99_999), Scenario.Event(2, Tuesday, 10));
        var isClosed = false;
        var closes = new InlineProgress<RunProgress>(p =>
        {
            if (p.Step == "price items" && !isClosed)
            {
                isClosed = true;
                other.CloseAsync(Scenario.Monday).GetAwaiter().GetResult();
            }
        });
        var refreshed = await scenario.Engine.Estimates.RefreshAsync(Scenario.Instant(Tuesday, 13), closes);

        refreshed.Days.Should().Be(new DateRange(Tuesday, Tuesday));
        (await scenario.Engine.Estimates.ReadAsync("p1", CalendarPeriod.Week, Tuesday)).Payees.Single().Totals
            .Should().Equal(new Money(11, Currency.KRW));
    }

    [Fact]
    public async Task Two_instances_share_a_refresh()
    {
        await using var store = NewStore();
        await using var one = await Scenario.StartAsync(store);
        await using var two = await Scenario.StartAsync(store, s =>
        {
            Scenario.UsualRates(s);

            // It does not wait for the first one, which waits for it.
            s.Configure(o => o.Estimates.WaitMax = TimeSpan.FromSeconds(1));
        });
        await one.LoadAsync(Scenario.Event(1, Scenario.Monday, 5));
        EstimateRefresh? second = null;
        var starts = new InlineProgress<RunProgress>(_ =>
            second ??= two.Engine.Estimates.RefreshAsync(Scenario.Instant(Scenario.Monday, 14)).GetAwaiter().GetResult());
        var first = await one.Engine.Estimates.RefreshAsync(Scenario.Instant(Scenario.Monday, 13), starts);

        second!.IsShared.Should().BeFalse();
        (first.AsOf, first.IsShared).Should().Be((second.AsOf, true));
        (await one.Engine.Pipelines.ListRunsAsync(10)).Should().ContainSingle(r => r.Pipeline == UsageEstimates.PipelineName);
        (await EstimatedAsync(one)).Should().ContainSingle();
    }

    [Fact]
    public async Task A_refresh_of_other_days_waits_for_the_refresh_of_another_instance()
    {
        await using var store = NewStore();
        await using var one = await Scenario.StartAsync(store);
        using var isWaiting = new ManualResetEventSlim();
        var isRefreshed = new TaskCompletionSource();
        var finds = 0;
        await using var two = await Scenario.StartAsync(store, services: services => ObservedEstimates.Add(services, async () =>
        {
            // The first read is before the conflict, the second one after it. The other instance ends directly after that.
            if (++finds == 2)
            {
                isWaiting.Set();
                await isRefreshed.Task;
            }
        }));
        await one.LoadAsync(Scenario.Event(1, Scenario.Monday, 5));
        Task<EstimateRefresh>? second = null;
        var starts = new InlineProgress<RunProgress>(_ =>
        {
            second ??= Task.Run(() => two.Engine.Estimates.RefreshAsync(Scenario.Instant(Tuesday, 14)));
            isWaiting.Wait(TimeSpan.FromMinutes(2)).Should().BeTrue("the second instance waits");
        });
        var first = await one.Engine.Estimates.RefreshAsync(Scenario.Instant(Scenario.Monday, 13), starts);
        isRefreshed.SetResult();
        var shared = await second!;

        first.IsShared.Should().BeFalse();
        (shared.AsOf, shared.IsShared).Should().Be((first.AsOf, true));
        (await one.Engine.Pipelines.ListRunsAsync(10)).Should().ContainSingle(r => r.Pipeline == UsageEstimates.PipelineName);
    }
}
