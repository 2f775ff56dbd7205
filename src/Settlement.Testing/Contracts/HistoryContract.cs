using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Settlement.BillableEvents;
using Settlement.Calendars;
using Settlement.Closing;
using Settlement.Pipelines;
using Settlement.Testing.Faults;

namespace Settlement.Testing.Contracts;

/// <summary>
/// One answer: whatever the chunks, the workers, the hosts, the order of arrival, the crashes and the restarts. Random histories are compared with
/// a model that is only lists.
/// </summary>
public abstract class HistoryContract
{
    /// <summary>The seed of the histories that are the same in every run.</summary>
    private const ulong FixedSeed = 20_240_701;

    private static readonly bool IsLong = Environment.GetEnvironmentVariable("SETTLEMENT_TESTS") == "long";

    protected abstract StoreUnderTest NewStore();

    /// <summary>Histories of each seed: for every build, and with <c>SETTLEMENT_TESTS=long</c>.</summary>
    protected virtual (int Short, int Long) Histories => (25, 5_000);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Any_history_comes_to_the_lines_of_the_naive_model(bool isFixed)
    {
        var seed = isFixed ? FixedSeed : (ulong)RandomNumberGenerator.GetInt32(int.MaxValue);
        var count = IsLong ? Histories.Long : Histories.Short;
        Prop.ForAll(History.Arbitrary(), h => CheckAsync(h).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(count).WithEndSize(60).WithReplay(seed, 1));
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} histories of seed {seed}");
    }

    private async Task CheckAsync(History history)
    {
        await using var store = NewStore();
        var ratesChange = Scenario.Monday.AddDays(history.RatesChangeOn);
        var model = new NaiveModel(ratesChange);
        var events = history.Events.Select((e, i) => (Arrival: e, Event: e.ToEvent(i + 1))).ToList();
        var minutes = 0;
        for (var day = 0; day < history.Days.Count; day++)
        {
            var businessDay = Scenario.Monday.AddDays(day);
            var loaded = events.Where(e => e.Arrival.Way == Way.Late ? e.Arrival.Day + 1 == day : e.Arrival.Way != Way.ByHand && e.Arrival.Day == day)
                .Concat(events.Where(e => e.Arrival.Way == Way.Twice && e.Arrival.Day + 1 == day)).Select(e => e.Event).ToArray();
            var byHand = events.Where(e => e.Arrival.Way == Way.ByHand && e.Arrival.Day + 1 == day).Select(e => e.Event).ToArray();
            foreach (var one in events.Where(e => (e.Arrival.Way is Way.OnTime or Way.Twice ? e.Arrival.Day : e.Arrival.Day + 1) == day))
                model.Add(businessDay, one.Event);
            if (day == 0)
                loaded = [.. loaded, Scenario.Event(100_000, businessDay, 1, item: "first", meter: "unpriced")];
            foreach (var one in byHand)
                await InsertAsync(store, one);

            var work = history.Days[day];
            var plan = work.FaultAt == 0 ? FaultPlan.CountOnly() : new FaultPlan(work.FaultAt, work.Kind, work.Side);
            try
            {
                await WorkAsync(store, ratesChange, work, plan, minutes++, loaded, businessDay);
            }
            catch (Exception) when (plan.HasStruck)
            {
                await WorkAsync(store, ratesChange, work, FaultPlan.CountOnly(), minutes++, loaded, businessDay);
            }
        }

        await using var end = await Scenario.StartAsync(store, s => Configure(s, Work.Plain, ratesChange));
        (await end.LinesAsync()).Select(NaiveModel.Text).Should().Equal(model.Lines());
        var sunday = Scenario.Monday.AddDays(6);
        (await end.Engine.Rankings.TopAsync(CalendarPeriod.Week, sunday, "video.view", 3)).Select(r => (r.ItemId, r.Quantity)).Should().Equal(model.Top("video.view", 3));
        foreach (var payee in await end.Engine.Statements.ReadAllAsync(CalendarPeriod.Week, sunday))
            payee.Totals.Single().Amount.Should().Be(model.Owed(payee.PayeeId));
        var verified = await end.Engine.Verifier.VerifyAsync(new DateRange(Scenario.Monday, sunday));
        verified.Differences.Should().BeEmpty();
        verified.Days.Should().Be(7);
        (await end.Engine.Reconciler.ReconcileAsync(new DateRange(Scenario.Monday, sunday))).Should().Match<Verification.ReconciliationReport>(
            r => r.EventsFound == 0 && r.ChangesCount == 0);
        (await store.CountAsync("SELECT count(*) FROM partial_totals")).Should().Be(0);
    }

    /// <summary>A day's work of a process, or of several: load, reconcile, close; perhaps it is stopped in between.</summary>
    private static async Task WorkAsync(
        StoreUnderTest store, DateOnly ratesChange, Work work, FaultPlan plan, int minutes, BillableEvent[] loaded, DateOnly day)
    {
        await using var scenario = await Scenario.StartAsync(store, s => Configure(s, work, ratesChange), use: s => store.Use(s, plan));
        scenario.Clock.Advance(TimeSpan.FromMinutes(minutes));
        await scenario.LoadAsync(new Loading.LoadOptions { ChunkRows = work.ChunkRows }, loaded);
        await scenario.Engine.Reconciler.ReconcileAsync(new DateRange(Scenario.Monday, day));
        if (work.StopAfter > 0)
            await StopAsync(scenario, day, work.StopAfter);
        if (work.Hosts > 1)
        {
            await Task.WhenAll(Enumerable.Range(1, work.Hosts - 1).Select(_ => Task.Run(async () =>
            {
                await using var other = await Scenario.StartAsync(store, s => Configure(s, work, ratesChange));
                other.Clock.Advance(TimeSpan.FromMinutes(minutes));

                // Its time goes on: what a stopped one holds, and what a slow one does, is taken over.
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

    private static Task InsertAsync(StoreUnderTest store, BillableEvent one) => store.ExecuteAsync(
        "INSERT INTO billable_events (occurred_at, event_id, meter, item_id, payee_id, quantity) VALUES "
        + $"({store.Literal(one.OccurredAt)}, X'{one.EventId:N}', '{one.Meter}', '{one.ItemId}', '{one.PayeeId}', {one.Quantity})");

    private static void Configure(SettlementBuilder settlement, Work work, DateOnly ratesChange)
    {
        NaiveModel.Rates(settlement, ratesChange);
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
