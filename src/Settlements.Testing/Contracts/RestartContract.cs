using Microsoft.Extensions.DependencyInjection;
using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements.Testing;

/// <summary>Contract tests of closes that are interrupted, resumed by another instance or restarted with other settings.</summary>
public abstract class RestartContract
{
    protected abstract StoreUnderTest NewStore();

    [Fact]
    public async Task An_instance_whose_run_was_abandoned_writes_nothing_more_and_throws_the_reason()
    {
        await using var store = NewStore();
        await using var old = await Scenario.StartAsync(store, s => OneItemAtATime(s, rankingSize: 100));
        await using var other = await Scenario.StartAsync(store, s => OneItemAtATime(s, rankingSize: 50));
        for (var i = 1; i <= 4; i++)
            await old.LoadAsync(
                Scenario.Event(i, Scenario.Monday, 10, $"v{i}"), Scenario.Event(i + 10, Scenario.Monday.AddDays(1), 10, $"v{i}"));
        var otherPriced = new TaskCompletionSource();
        var oldEnded = new TaskCompletionSource();
        Task? otherClose = null;

        // The old instance has priced one of four items when its lease expires; the other instance abandons the run and prices all items;
        // then the old instance continues.
        other.Clock.Advance(TimeSpan.FromMinutes(5));
        var oldClose = () => Task.Run(() => old.Engine.Days.CloseThroughAsync(Scenario.Monday, new InlineProgress(p =>
        {
            if (p.Run is not { StepNumber: 2, ChunksDone: 1 } || otherClose is not null)
                return;
            otherClose = Task.Run(() => other.Engine.Days.CloseThroughAsync(Scenario.Monday, new InlineProgress(q =>
            {
                if (q.Run.StepNumber == 2 && q.Run.ChunksDone == q.Run.ChunksTotal)
                {
                    otherPriced.TrySetResult();
                    oldEnded.Task.Wait();
                }
            })));
            Task.WaitAny(otherPriced.Task, otherClose);
        })));

        (await oldClose.Should().ThrowAsync<RunAbandonedException>()).WithMessage("*abandoned*same settings*");
        oldEnded.SetResult();
        await otherClose!;
        await other.CloseAsync(Scenario.Monday.AddDays(1));
        (await other.LinesAsync(Scenario.Monday.AddDays(1))).Select(l => l.Price!.CounterBefore).Should().Equal(10, 10, 10, 10);
        (await other.Engine.Verifier.VerifyAsync(new DateRange(Scenario.Monday, Scenario.Monday.AddDays(1)))).IsClean.Should().BeTrue();
    }

    [Fact]
    public async Task Items_counted_only_by_an_abandoned_run_leave_no_rows()
    {
        await using var store = NewStore();
        var events = new[]
        {
            Scenario.Event(1, Scenario.Monday, 5, "removed", "before"), Scenario.Event(2, Scenario.Monday, 5, "stays"),
            Scenario.Event(3, Scenario.Monday.AddDays(1), 7, "removed", "wrong"), Scenario.Event(
                4, Scenario.Monday.AddDays(1), 7, "new", "wrong"),
            Scenario.Event(5, Scenario.Monday.AddDays(1), 7, "stays"),
        };
        await using (var stopped = await Scenario.StartAsync(store))
        {
            await stopped.LoadAsync(events);
            await stopped.CloseAsync(Scenario.Monday);
            await StopAfterPricing(stopped, Scenario.Monday.AddDays(1));
        }

        // As may happen in an application's table: the rows are deleted before a run with other settings closes the day.
        await store.ExecuteAsync("DELETE FROM usage_events WHERE payee_id = 'wrong'");
        await using var again = await Scenario.StartAsync(store, s => OneItemAtATime(s, rankingSize: 50));
        await again.CloseAsync(Scenario.Monday.AddDays(1));
        await using var cleanStore = NewStore();
        await using var clean = await Scenario.StartAsync(cleanStore, s => OneItemAtATime(s, rankingSize: 50));
        await clean.LoadAsync([.. events.Where(e => e.PayeeId != "wrong")]);
        await clean.CloseAsync(Scenario.Monday.AddDays(1));

        (await again.DumpAsync()).Should().Be(await clean.DumpAsync());
        await again.LoadAsync(Scenario.Event(9, Scenario.Monday.AddDays(2), 1, "removed"));
        await again.CloseAsync(Scenario.Monday.AddDays(2));
        (await again.LineAsync(Scenario.Monday.AddDays(2))).Price!.CounterBefore.Should().Be(5);
        const string Abandoned = "SELECT run_id FROM pipeline_runs WHERE state = 'abandoned'";
        foreach (var table in new[] { "partial_sums", "settlement_lines", "payee_sums", "quarantined_usage", "rankings" })
            (await store.CountAsync($"SELECT count(*) FROM {table} WHERE run_id IN ({Abandoned})")).Should().Be(0, table);
    }

    [Theory]
    [InlineData(CounterPeriod.Lifetime)]
    [InlineData(CounterPeriod.Year)]
    [InlineData(CounterPeriod.Month)]
    [InlineData(CounterPeriod.Week)]
    [InlineData(CounterPeriod.Day)]
    public async Task A_day_repriced_after_an_abandoned_run_has_the_lines_of_a_single_pricing(CounterPeriod over)
    {
        void Rates(SettlementBuilder s, int size) => s.Configure(o => o.RankingSize = size)
            .Rates("video.view", r => r.Graduated("g", new DateOnly(2024, 1, 1), Currency.KRW, [(2, 0.5m), (null, 0.7m)], over).Round(
                Rounding.Cumulative))
            .Rates("ad.view", r => r.Volume("v", new DateOnly(2024, 1, 1), Currency.USD, [(3, 2m), (null, 1m)], over));
        DateOnly[] days = [new(2024, 6, 29), new(2024, 6, 30), new(2024, 7, 1), new(2024, 7, 2)];
        var events = days.SelectMany((day, i) => new[]
        {
            Scenario.Event(10 * i + 1, day), Scenario.Event(10 * i + 2, day, 2, payee: $"p{i % 2}", meter: "ad.view"), Scenario.Event(
                10 * i + 3, day, 3, "v2"),
        }).ToArray();
        await using var store = NewStore();
        await using (var first = await Scenario.StartAsync(store, s => Rates(s, 100)))
        {
            await first.LoadAsync(events);
            await first.CloseAsync(days[0]);
        }

        for (var i = 1; i < days.Length; i++)
        {
            await using (var stopped = await Scenario.StartAsync(store, s => Rates(s, 100 + i)))
                await StopAfterPricing(stopped, days[i]);
            await using var again = await Scenario.StartAsync(store, s => Rates(s, 200 + i));
            await again.CloseAsync(days[i]);
        }

        await using var end = await Scenario.StartAsync(store, s => Rates(s, 100));
        await using var cleanStore = NewStore();
        await using var clean = await Scenario.StartAsync(cleanStore, s => Rates(s, 100));
        await clean.LoadAsync(events);
        await clean.CloseAsync(days[^1]);
        (await end.DumpAsync()).Should().Be(await clean.DumpAsync());
        await end.CheckAsync(days[0], days[^1]);
        (await end.Engine.Pipelines.ListRunsAsync(10)).Count(r => r.State == RunState.Abandoned).Should().Be(days.Length - 1);
    }

    [Fact]
    public async Task Events_from_before_the_first_day_are_late_on_it()
    {
        await using var store = NewStore();
        var tuesday = Scenario.Monday.AddDays(1);
        await using (var before = await Scenario.StartAsync(store))
            await before.LoadAsync(Scenario.Event(1, tuesday, 1), Scenario.Event(2, Scenario.Monday, 10));

        await using var scenario = await Scenario.StartAsync(store, s => s.Configure(o => o.StartsOn = tuesday));
        await scenario.CloseAsync(tuesday);

        (await scenario.LinesAsync()).Select(l => (l.PostingDate, l.UsageDate, l.Quantity)).Should().Equal(
            (tuesday, Scenario.Monday, 10), (tuesday, tuesday, 1));
        await scenario.CheckAsync(tuesday, tuesday);
    }

    [Fact]
    public async Task An_unfinished_first_close_of_a_later_day_is_reverted_with_the_late_events_it_caused()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        var tuesday = Scenario.Monday.AddDays(1);
        await scenario.LoadAsync(Scenario.Event(1, tuesday, 1));
        (await scenario.Engine.Days.FindNextAsync()).Should().Be(tuesday);
        await scenario.LoadAsync(Scenario.Event(2, Scenario.Monday, 10));

        await scenario.Services.GetRequiredService<IDayStore>().BeginClosingAsync(
            tuesday, new BusinessCalendar("Asia/Seoul").RangeOf(tuesday), "Asia/Seoul, weeks from Monday", default);
        await scenario.CloseAsync(tuesday);

        (await scenario.LinesAsync()).Select(l => (l.PostingDate, l.UsageDate, l.Quantity)).Should().Equal(
            (Scenario.Monday, Scenario.Monday, 10), (tuesday, tuesday, 1));
        await scenario.CheckAsync(Scenario.Monday, tuesday);
    }

    [Fact]
    public async Task A_rate_version_of_a_published_day_can_not_be_removed_or_backdated()
    {
        await using var store = NewStore();
        static void Two(MeterRatesBuilder r) =>
            r.Flat("a", new DateOnly(2024, 1, 1), Currency.KRW, 1m).Flat("b", Scenario.Monday, Currency.KRW, 5m);
        await using (var before = await Scenario.StartAsync(store, s => s.Rates("video.view", Two)))
        {
            await before.LoadAsync(Scenario.Event(1, Scenario.Monday));
            await before.CloseAsync(Scenario.Monday);
        }

        await using var removed = await Scenario.StartAsync(
            store, s => s.Rates("video.view", r => r.Flat("a", new DateOnly(2024, 1, 1), Currency.KRW, 1m)));
        await using var backdated = await Scenario.StartAsync(store, s => s.Rates("video.view", r =>
        {
            Two(r);
            r.ForPayee("p1", rates => rates.Flat("vip", Scenario.Monday, Currency.KRW, 9m));
        }));
        await using var later = await Scenario.StartAsync(store, s => s.Rates("video.view", r =>
        {
            Two(r);
            r.ForPayee("p1", rates => rates.Flat("vip", Scenario.Monday.AddDays(1), Currency.KRW, 9m));
        }));

        await removed.Invoking(s => s.CloseAsync(Scenario.Monday.AddDays(1))).Should().ThrowAsync<CloseRefusedException>().WithMessage(
            "*'video.view' b *is missing*");
        await backdated.Invoking(s => s.CloseAsync(Scenario.Monday.AddDays(1))).Should().ThrowAsync<CloseRefusedException>()
            .WithMessage("*'video.view' payee:p1 vip is new*2024-07-01*Start it on 2024-07-02*");
        await later.CloseAsync(Scenario.Monday.AddDays(1));
    }

    [Fact]
    public async Task A_failed_instance_does_not_end_the_run_while_another_works_on_it()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        var runs = scenario.Services.GetRequiredService<IRunStore>();
        var history = scenario.Services.GetRequiredService<IRunHistory>();
        var lease = TimeSpan.FromSeconds(30);
        var pipeline = new Pipeline("x", "k", "v", [new NoStep()]);
        var (id, _) = await runs.StartAsync(pipeline, "a:1:x", lease, default);
        await runs.AddStepAsync(id, 0, [new PlannedChunk("1")], default);
        var claim = await runs.ClaimAsync(id, 0, "a:1:x", [], lease, default);
        await runs.StartAsync(pipeline, "b:1:x", lease, default);

        await runs.EndAsync(id, "b:1:x", RunState.Failed, "boom", default);
        var meanwhile = (await history.ListAsync(1, default))[0];
        await runs.CommitAsync(claim!, new ChunkResult(1, (_, _) => Task.CompletedTask), isLastStep: true, default);
        var ended = (await history.ListAsync(1, default))[0];

        (meanwhile.State, ended.State, ended.Failure).Should().Be((RunState.Running, RunState.Completed, null));
    }

    [Fact]
    public async Task Chunks_of_an_abandoned_run_can_not_be_claimed()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        var runs = scenario.Services.GetRequiredService<IRunStore>();
        var lease = TimeSpan.FromSeconds(30);
        var (id, _) = await runs.StartAsync(new Pipeline("x", "k", "v1", [new NoStep()]), "a:1:x", lease, default);
        await runs.AddStepAsync(id, 0, [new PlannedChunk("1"), new PlannedChunk("2")], default);
        var held = await runs.ClaimAsync(id, 0, "a:1:x", [], lease, default);
        await runs.Invoking(r => r.StartAsync(new Pipeline("x", "k", "v2", [new NoStep()]), "b:1:x", lease, default)).Should()
            .ThrowAsync<RunConflictException>()
            .WithMessage("*'x' 'k'*'a:1:x' is working on run*with different settings*");
        scenario.Clock.Advance(lease);
        await runs.StartAsync(new Pipeline("x", "k", "v2", [new NoStep()]), "b:1:x", lease, default);

        await runs.Invoking(r => r.ClaimAsync(id, 0, "a:1:x", [], lease, default)).Should().ThrowAsync<RunAbandonedException>();
        await runs.Invoking(r => r.CommitAsync(held!, new ChunkResult(1, (_, _) => Task.CompletedTask), true, default))
            .Should().ThrowAsync<LeaseLostException>();
    }

    [Fact]
    public async Task A_lease_is_renewed_while_its_holder_works()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        var runs = scenario.Services.GetRequiredService<IRunStore>();
        var history = scenario.Services.GetRequiredService<IRunHistory>();
        var lease = TimeSpan.FromSeconds(30);
        var (id, _) = await runs.StartAsync(new Pipeline("x", "k", "v", [new NoStep()]), "a:1:x", lease, default);
        await runs.AddStepAsync(id, 0, [new PlannedChunk("1")], default);
        await runs.ClaimAsync(id, 0, "a:1:x", [], lease, default);
        scenario.Clock.Advance(TimeSpan.FromSeconds(20));
        await runs.RenewAsync(id, "a:1:x", lease, default);
        scenario.Clock.Advance(TimeSpan.FromSeconds(20));

        (await runs.ClaimAsync(id, 0, "b:1:x", [], lease, default)).Should().BeNull();
        (await history.ListAsync(1, default))[0].State.Should().Be(RunState.Running);
    }

    private static void OneItemAtATime(SettlementBuilder settlement, int rankingSize)
    {
        Scenario.UsualRates(settlement);
        settlement.Configure(o =>
        {
            o.RankingSize = rankingSize;
            o.PartialsPerItemRange = 1;
            o.Pipeline = new PipelineOptions { Workers = 1 };
        });
    }

    private static async Task StopAfterPricing(Scenario scenario, DateOnly day)
    {
        using var cancel = new CancellationTokenSource();
        var close = () => scenario.Engine.Days.CloseThroughAsync(
            day, new InlineProgress(p => { if (p.Run.StepNumber == 2 && p.Run.ChunksDone == p.Run.ChunksTotal) cancel.Cancel(); }),
            cancel.Token);
        await close.Should().ThrowAsync<OperationCanceledException>();
    }

    private sealed class NoStep : PipelineStep
    {
        public override string Name => "none";

        public override Task<IReadOnlyList<PlannedChunk>> PlanAsync(long runId, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public override Task<ChunkResult> ProcessAsync(PipelineChunk chunk, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
