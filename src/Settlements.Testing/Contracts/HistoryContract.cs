using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Settlements.Pipelines;

namespace Settlements.Testing;

/// <summary>
/// Contract test of determinism: the lines of random histories equal those of a reference model for any chunk size, workers, instances,
/// order of arrival, crashes and restarts.
/// </summary>
public abstract class HistoryContract
{
    /// <summary>The seed of the histories that don't change between test runs.</summary>
    private const ulong FixedSeed = 20_240_701;

    private static readonly bool IsLong = Environment.GetEnvironmentVariable("SETTLEMENT_TESTS") == "long";

    /// <summary>Posts every finding, as the model does.</summary>
    private static readonly ReconcileOptions PostAll = new()
    {
        Increases = FindingPolicy.Post, Decreases = FindingPolicy.Post, PayeeChanges = FindingPolicy.Post,
    };

    protected abstract StoreUnderTest NewStore();

    /// <summary>Number of histories of each seed: in every build, and with <c>SETTLEMENT_TESTS=long</c>.</summary>
    protected virtual (int Short, int Long) Histories => (25, 5_000);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_lines_of_any_history_equal_those_of_the_naive_model(bool isFixed)
    {
        var seed = isFixed ? FixedSeed : (ulong)RandomNumberGenerator.GetInt32(int.MaxValue);
        var count = IsLong ? Histories.Long : Histories.Short;
        Prop.ForAll(UsageHistory.Arbitrary(), h => CheckAsync(h).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(count).WithEndSize(60).WithReplay(seed, 1));
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} histories of seed {seed}");
    }

    private async Task CheckAsync(UsageHistory history)
    {
        await using var store = NewStore();
        var model = new NaiveModel(history.Rates);
        var events = history.Events.Select((e, i) => (Arrival: e, Event: e.ToEvent(history.First, i + 1))).ToList();
        var minutes = 0;
        for (var day = 0; day < history.Days.Count; day++)
        {
            var businessDay = history.First.AddDays(day);
            var first = Scenario.Event(100_000, businessDay, 1, item: "first", meter: "unpriced");
            var loaded = events.Where(e => e.Arrival.IsOnTime && e.Arrival.Day == day)
                .Concat(events.Where(e => e.Arrival.Kind is HistoryEventKind.Late or HistoryEventKind.LoadedTwice
                    && e.Arrival.LaterDay == day)).Select(e => e.Event)
                .Concat(day == 0 ? [first] : []).ToArray();
            foreach (var one in events.Where(e => (e.Arrival.IsOnTime ? e.Arrival.Day : e.Arrival.LaterDay) == day))
                model.Add(businessDay, one.Event);
            if (day == 0)
                model.Add(businessDay, first);
            foreach (var (arrival, one) in events.Where(e => e.Arrival.LaterDay == day))
                await ChangeAsync(store, model, businessDay, arrival, one);

            var work = history.Days[day];
            var plan = work.FaultAt == 0 ? FaultPlan.CountOnly() : new FaultPlan(work.FaultAt, work.Kind, work.Side);
            try
            {
                await CloseDayAsync(store, history, work, plan, minutes++, loaded, businessDay);
            }
            catch (Exception) when (plan.IsInjected)
            {
                await CloseDayAsync(store, history, work, FaultPlan.CountOnly(), minutes++, loaded, businessDay);
            }
        }

        await CompareAsync(store, history, model);
    }

    private static async Task CompareAsync(StoreUnderTest store, UsageHistory history, NaiveModel model)
    {
        await using var end = await Scenario.StartAsync(store, s => Configure(s, history, DayPlan.Plain));
        (await end.LinesAsync()).Select(NaiveModel.Text).Should().Equal(model.Lines());
        var last = history.First.AddDays(UsageHistory.DaysCount - 1);
        foreach (var period in new[] { CalendarPeriod.Day, CalendarPeriod.Week, CalendarPeriod.Month })
        {
            var days = new BusinessCalendar("Asia/Seoul").PeriodOf(last, period);
            (await end.Engine.Rankings.TopAsync(period, last, "video.view", 3)).Items.Select(r => (r.ItemId, r.PayeeId, r.Quantity))
                .Should().Equal(model.Top("video.view", days.First, last, 3), "the {0} of {1}", period, last);
        }

        foreach (var payee in model.Payees())
        {
            var years = new List<Money>();
            foreach (var year in new[] { 2023, 2024 })
                years.AddRange((await end.Engine.Statements.ReadAsync(payee, CalendarPeriod.Year, new DateOnly(year, 12, 31))).Totals);
            years.GroupBy(m => m.Currency).OrderBy(m => m.Key.Code, StringComparer.Ordinal).Select(m => m.Aggregate((a, b) => a + b))
                .Should().Equal(model.Owed(payee));
        }

        var range = new DateRange(history.First, last);
        var verified = await end.Engine.Verifier.VerifyAsync(range);
        verified.Differences.Should().BeEmpty();
        verified.Days.Should().Be(UsageHistory.DaysCount);
        (await end.Engine.Reconciler.ReconcileAsync(range, PostAll)).Findings.Should().BeEmpty();
        (await store.CountAsync("SELECT count(*) FROM partial_sums")).Should().Be(0);
    }

    /// <summary>Changes the events by SQL before a day's close, and adds to the model what the day posts after reconciliation.</summary>
    private static async Task ChangeAsync(
        StoreUnderTest store, NaiveModel model, DateOnly businessDay, HistoryEvent arrival, UsageEvent one)
    {
        var usageDate = NaiveModel.UsageDate(one);
        await arrival.ChangeAsync(store, one);
        switch (arrival.Kind)
        {
            case HistoryEventKind.PayeeChanged:
                var other = HistoryEvent.OtherPayee(one);
                model.Add(businessDay, usageDate, one.Meter, one.ItemId, one.PayeeId, -one.Quantity, -1);
                model.Add(businessDay, usageDate, one.Meter, one.ItemId, other, one.Quantity, 1);
                break;
            case HistoryEventKind.Deleted:
                model.Add(businessDay, usageDate, one.Meter, one.ItemId, one.PayeeId, -one.Quantity, -1);
                break;
            default:
                break;
        }
    }

    /// <summary>Loads, reconciles and closes a day in one or several instances, with a cancelled close before if planned.</summary>
    private static async Task CloseDayAsync(
        StoreUnderTest store, UsageHistory history, DayPlan work, FaultPlan plan, int minutes, UsageEvent[] loaded, DateOnly day)
    {
        await using var scenario = await Scenario.StartAsync(store, s => Configure(s, history, work), use: s => store.Use(s, plan));
        scenario.Clock.Advance(TimeSpan.FromMinutes(minutes));
        await scenario.LoadAsync(new UsageLoadOptions { ChunkRows = work.ChunkRows }, loaded);
        await scenario.Engine.Reconciler.ReconcileAsync(new DateRange(history.First, day), PostAll);
        if (work.CancelAfter > 0)
            await StopAsync(scenario, day, work.CancelAfter);
        if (work.Instances > 1)
        {
            await Task.WhenAll(Enumerable.Range(1, work.Instances - 1).Select(_ => Task.Run(async () =>
            {
                await using var other = await Scenario.StartAsync(store, s => Configure(s, history, work));
                other.Clock.Advance(TimeSpan.FromMinutes(minutes));

                // The clock advances, so that leases of stopped and slow instances expire and this one resumes their chunks.
                using var time = new Timer(_ => other.Clock.Advance(TimeSpan.FromSeconds(20)), null, 50, 50);
                await other.CloseAsync(day);
            })).Append(Task.Run(() => scenario.CloseAsync(day))));
        }

        await scenario.CloseAsync(day);
    }

    private static async Task StopAsync(Scenario scenario, DateOnly day, int after)
    {
        using var cancel = new CancellationTokenSource();
        try
        {
            await scenario.Engine.Days.CloseThroughAsync(day, new Countdown(() => { if (--after <= 0) cancel.Cancel(); }), cancel.Token);
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static void Configure(SettlementBuilder settlement, UsageHistory history, DayPlan work)
    {
        history.Rates.Configure(settlement);
        settlement.Configure(o =>
        {
            (o.ChunkRowsMax, o.PartialsPerItemRange, o.RankingSize) = (work.ChunkRows, work.Partials, 3);
            o.Pipeline = new PipelineOptions { Workers = work.Workers, RetryDelay = TimeSpan.Zero };
        });
    }

    private sealed class Countdown(Action tick) : IProgress<CloseProgress>
    {
        public void Report(CloseProgress value) => tick();
    }
}
