using Microsoft.Extensions.DependencyInjection;
using Settlements.Stores;

namespace Settlements.Testing;

/// <summary>Contract tests of closing a day.</summary>
public abstract class DayCloseContract
{
    protected abstract StoreUnderTest NewStore();

    [Fact]
    public async Task The_lines_have_the_worked_figures_of_the_rules()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(
            Scenario.Event(1, Scenario.Monday, 550_000),
            Scenario.Event(2, Scenario.Monday.AddDays(1), 600_000),
            Scenario.Event(3, Scenario.Monday, 1_150_000, item: "v1/ad-1", meter: "ad.view"));

        await scenario.CloseAsync(Scenario.Monday.AddDays(1));

        var lines = await scenario.LinesAsync();
        lines.Select(l => (l.PostingDate, l.Meter, l.Price!.CounterBefore, l.Price.CounterAfter, l.Price.ExactAmount, l.Amount))
            .Should().Equal(
                (Scenario.Monday, "ad.view", 0, 1_150_000, 16_300_010m, 16_300_010m),
                (Scenario.Monday, "video.view", 0, 550_000, 605_000.3m, 605_000m),
                (Scenario.Monday.AddDays(1), "video.view", 550_000, 1_150_000, 810_000.2m, 810_000m));
    }

    [Fact]
    public async Task A_day_includes_its_first_microsecond_and_excludes_that_of_the_next_day()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        var start = Scenario.Instant(Scenario.Monday, 0);
        await scenario.LoadAsync(
            Scenario.Event(1, Scenario.Monday, 1) with { OccurredAt = start.AddMicroseconds(-1) },
            Scenario.Event(2, Scenario.Monday, 10) with { OccurredAt = start },
            Scenario.Event(3, Scenario.Monday, 100) with { OccurredAt = start.AddDays(1).AddTicks(-1) },
            Scenario.Event(4, Scenario.Monday, 1000) with { OccurredAt = start.AddDays(1) });

        await scenario.CloseAsync(Scenario.Monday.AddDays(1));

        (await scenario.LinesAsync()).Select(l => (l.PostingDate, l.Quantity)).Should().Equal(
            (Scenario.Monday.AddDays(-1), 1), (Scenario.Monday, 110), (Scenario.Monday.AddDays(1), 1000));
    }

    [Fact]
    public async Task Days_are_closed_in_order_including_days_without_events()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday), Scenario.Event(2, Scenario.Monday.AddDays(4)));

        var closed = await scenario.Engine.Days.CloseThroughAsync(Scenario.Monday.AddDays(6));
        var again = await scenario.Engine.Days.CloseThroughAsync(Scenario.Monday.AddDays(6));

        closed.Select(d => d.Day).Should().Equal(new DateRange(Scenario.Monday, Scenario.Monday.AddDays(6)).Each());
        again.Should().BeEmpty();
    }

    [Fact]
    public async Task A_day_can_not_be_closed_before_an_earlier_one()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday));

        var close = () => scenario.Engine.Days.CloseDayAsync(Scenario.Monday.AddDays(1));

        (await close.Should().ThrowAsync<CloseRefusedException>()).WithMessage("*2024-07-02*2024-07-01, which is open*");
    }

    [Fact]
    public async Task A_day_can_not_be_closed_before_its_end_and_grace_period()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        var today = new DateOnly(2024, 8, 1);
        await scenario.LoadAsync(Scenario.Event(1, today.AddDays(-1)));
        var end = Scenario.Instant(today, 24);
        scenario.Clock.SetUtcNow(end.AddMinutes(10).AddTicks(-1));

        var tooSoon = () => scenario.CloseAsync(today);

        (await tooSoon.Should().ThrowAsync<CloseRefusedException>()).WithMessage("*2024-08-01*2024-08-01T15:10:00Z*10 minutes*");
        (await scenario.Engine.Days.FindNextAsync()).Should().Be(today.AddDays(-1), "a refused close closes nothing");
        scenario.Clock.SetUtcNow(end.AddMinutes(10));
        await scenario.CloseAsync(today);
    }

    [Fact]
    public async Task Late_events_are_posted_once_to_the_next_open_day_in_lines_of_their_usage_dates()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 100));
        await scenario.CloseAsync(Scenario.Monday.AddDays(1));
        var published = await scenario.DumpAsync();

        var late = Scenario.Event(2, Scenario.Monday, 7);
        var report = await scenario.LoadAsync(
            late, late, Scenario.Event(3, Scenario.Monday.AddDays(1), 5), Scenario.Event(4, Scenario.Monday.AddDays(2), 3));
        var afterLoad = await scenario.DumpAsync();
        await scenario.CloseAsync(Scenario.Monday.AddDays(3));

        (report.Stored, report.Duplicates, report.Late).Should().Be((3, 1, 2));
        afterLoad.Should().Be(published, "a closed day never changes");
        var posted = Scenario.Monday.AddDays(2);
        (await scenario.LinesAsync()).Select(l => (l.PostingDate, l.UsageDate, l.Quantity, l.Price!.CounterBefore)).Should().Equal(
            (Scenario.Monday, Scenario.Monday, 100, 0), (posted, Scenario.Monday, 7, 100), (posted, Scenario.Monday.AddDays(1), 5, 107),
            (posted, posted, 3, 112));
        (await scenario.Engine.Lines.ExplainAsync(posted, "video.view", "v1")).Select(e => (e.Line.UsageDate, e.Shares.Single().FirstUnit))
            .Should().Equal(
                (Scenario.Monday, 101), (Scenario.Monday.AddDays(1), 108), (posted, 113));
        await scenario.CheckAsync(Scenario.Monday, Scenario.Monday.AddDays(3));
    }

    [Fact]
    public async Task An_event_from_before_the_first_closed_day_is_late_too()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 100));
        await scenario.CloseAsync(Scenario.Monday);

        await scenario.LoadAsync(Scenario.Event(2, Scenario.Monday.AddDays(-30), 7));
        await scenario.CloseAsync(Scenario.Monday.AddDays(1));

        (await scenario.LineAsync(Scenario.Monday.AddDays(1))).Quantity.Should().Be(7);
    }

    [Fact]
    public async Task A_payees_amount_does_not_depend_on_when_an_event_arrives()
    {
        await using var store = NewStore();
        await using var onTime = await Scenario.StartAsync(store);
        await using var otherStore = NewStore();
        await using var late = await Scenario.StartAsync(otherStore);
        var (first, second) = (Scenario.Event(1, Scenario.Monday, 99_990), Scenario.Event(2, Scenario.Monday, 1_000_000));

        await onTime.LoadAsync(first, second);
        await onTime.CloseAsync(Scenario.Monday.AddDays(1));
        await late.LoadAsync(first);
        await late.CloseAsync(Scenario.Monday);
        await late.LoadAsync(second);
        await late.CloseAsync(Scenario.Monday.AddDays(1));

        (await late.LinesAsync()).Sum(l => l.Price!.ExactAmount).Should().Be((await onTime.LinesAsync()).Sum(l => l.Price!.ExactAmount));
    }

    [Fact]
    public async Task A_close_under_another_calendar_is_refused()
    {
        await using var store = NewStore();
        await using (var before = await Scenario.StartAsync(store))
        {
            await before.LoadAsync(Scenario.Event(1, Scenario.Monday));
            await before.CloseAsync(Scenario.Monday);
        }

        await using var after = await Scenario.StartAsync(store, s => s.Calendar("Europe/Berlin"));
        var close = () => after.CloseAsync(Scenario.Monday.AddDays(1));

        (await close.Should().ThrowAsync<CloseRefusedException>()).WithMessage("*Asia/Seoul*Europe/Berlin*");
    }

    [Fact]
    public async Task Verification_reports_changed_lines_of_a_published_day()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5), Scenario.Event(2, Scenario.Monday, 5, item: "v2"));
        await scenario.CloseAsync(Scenario.Monday.AddDays(1));
        var days = new DateRange(Scenario.Monday, Scenario.Monday.AddDays(1));
        (await scenario.Engine.Verifier.VerifyAsync(days))
            .Should().Match<VerificationReport>(r => r.IsClean && r.Days == 2 && r.Lines == 2);

        await store.ExecuteAsync("UPDATE usage_events SET quantity = 6 WHERE item_id = 'v1'");
        await store.ExecuteAsync("DELETE FROM settlement_lines WHERE item_id = 'v2'");

        var report = await scenario.Engine.Verifier.VerifyAsync(days);
        report.Differences.Should().Contain(d => d.ItemId == "v1" && d.What == "quantity" && d.Published == "5" && d.Computed == "6");
        report.Differences.Should().Contain(d => d.ItemId == "v2" && d.What == "amount" && d.Published == null && d.Computed == "5");
    }

    [Fact]
    public async Task Two_instances_that_close_the_same_days_concurrently_both_succeed_with_one_result()
    {
        await using var store = NewStore();
        await using var one = await Scenario.StartAsync(store);
        await using var two = await Scenario.StartAsync(store);
        await one.LoadAsync([.. Enumerable.Range(1, 60).Select(i => Scenario.Event(i, Scenario.Monday.AddDays(i % 12), i))]);

        var closed = await Task.WhenAll(
            Task.Run(() => one.Engine.Days.CloseThroughAsync(Scenario.Monday.AddDays(11))),
            Task.Run(() => two.Engine.Days.CloseThroughAsync(Scenario.Monday.AddDays(11))));

        closed.SelectMany(days => days).Select(d => d.Day).Distinct().Should().HaveCount(12);
        (await one.LinesAsync()).Sum(l => l.Quantity).Should().Be(60 * 61 / 2);
        (await one.Engine.Verifier.VerifyAsync(new DateRange(Scenario.Monday, Scenario.Monday.AddDays(11)))).IsClean.Should().BeTrue();
    }

    [Fact]
    public async Task A_payee_with_nine_tenths_of_the_events_gets_the_same_amount_for_any_chunks_and_workers()
    {
        var events = Enumerable.Range(1, 1_000)
            .Select(i => Scenario.Event(
                i, Scenario.Monday, i, i % 10 == 0 ? $"small-{i % 70}" : $"big-{i % 3}", i % 10 == 0 ? $"small-{i % 7}" : "big",
                hour: i % 24))
            .ToArray();
        var dumps = new List<string>();
        foreach (var (chunkRows, partials, workers) in new[] { (1_000_000, 200_000, 1), (7, 3, 4), (64, 1, 2) })
        {
            await using var store = NewStore();
            await using var scenario = await Scenario.StartAsync(store, s =>
            {
                Scenario.UsualRates(s);
                s.Configure(o =>
                {
                    (o.ChunkRowsMax, o.PartialsPerItemRange) = (chunkRows, partials);
                    o.Pipeline = new Pipelines.PipelineOptions { Workers = workers };
                });
            });
            await scenario.LoadAsync(events);
            await scenario.CloseAsync(Scenario.Monday);
            dumps.Add(await scenario.DumpAsync());
            (await scenario.Engine.Statements.ReadAsync("big", CalendarPeriod.Day, Scenario.Monday)).Meters.Single().Quantity
                .Should().Be(events.Where(e => e.PayeeId == "big").Sum(e => e.Quantity));
        }

        dumps.Distinct().Should().ContainSingle();
    }

    [Fact]
    public async Task Readers_see_no_line_of_a_day_before_it_is_published()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 5), Scenario.Event(2, Scenario.Monday.AddDays(1), 7));
        await scenario.CloseAsync(Scenario.Monday);
        var before = await scenario.DumpAsync();
        var seen = new List<string>();

        await scenario.Engine.Days.CloseThroughAsync(Scenario.Monday.AddDays(1), new InlineProgress(p =>
        {
            if (p.Run.StepNumber < 3 || p.Run.ChunksDone == 0)
                seen.Add(scenario.DumpAsync().GetAwaiter().GetResult());
        }));

        seen.Should().HaveCountGreaterThan(3).And.OnlyContain(
            dump => dump == before, "lines are written during pricing and invisible until publication");
        (await scenario.LineAsync(Scenario.Monday.AddDays(1))).Quantity.Should().Be(7);
    }

    [Fact]
    public async Task A_closed_day_reports_the_number_of_events_it_read()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(
            Scenario.Event(1, Scenario.Monday), Scenario.Event(2, Scenario.Monday), Scenario.Event(3, Scenario.Monday, item: "v2"));

        (await scenario.Engine.Days.CloseDayAsync(Scenario.Monday))!.Events.Should().Be(3);
        (await scenario.Engine.Pipelines.ListRunsAsync(1))[0].Rows.Should().Be(3);
    }

    [Fact]
    public async Task A_close_reads_recorded_days_once_at_its_start_and_once_per_day_and_adjustments_once_per_day()
    {
        var reads = new StoreReadCounter();
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, services: reads.Add);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday));
        await scenario.Engine.Days.CloseDayAsync(Scenario.Monday);
        (reads.Days, reads.DaysInTransactions, reads.Adjustments).Should().Be((2, 1, 1));

        // Reconciliation finds late usage of a published day: an adjustment, posted by the next day.
        await scenario.LoadAsync(Scenario.Event(2, Scenario.Monday.AddDays(1)));
        await scenario.Services.GetRequiredService<IAdjustmentStore>().AddAsync(
            Scenario.Monday, 0, [new Adjustment(Scenario.Monday, null, "video.view", "v1", "p1", 5, 1, "late", null)], [], default);
        reads.Clear();
        await scenario.CloseAsync(Scenario.Monday.AddDays(2));
        (reads.Days, reads.DaysInTransactions, reads.Adjustments).Should().Be((3, 2, 2));
        (await scenario.LinesAsync()).Sum(l => l.Quantity).Should().Be(7);
    }
}
