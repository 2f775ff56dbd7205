using FsCheck;
using FsCheck.Fluent;
using Settlement.BillableEvents;
using Settlement.Calendars;
using Settlement.Pipelines;

namespace Settlement.StoreContract;

/// <summary>One answer: whatever the chunk size, the workers, the order of arrival and the restarts.</summary>
public abstract class SameAnswerContract
{
    /// <summary>Each history takes some 50 ms: a few for every build, many with <c>--long</c>.</summary>
    private static readonly int Histories = Environment.GetEnvironmentVariable("SETTLEMENT_TESTS") == "long" ? 500 : 25;

    protected abstract StoreUnderTest NewStore();

    [Fact]
    public void Any_chunk_size_any_workers_any_restart_give_the_lines_of_the_naive_model()
    {
        // Random views of few items and payees over six days, around the tier edges, with corrections; some come after their day is closed.
        var history =
            from events in Gen.ListOf(
                from day in Gen.Choose(0, 5)
                from late in Gen.Frequency((5, Gen.Constant(false)), (1, Gen.Constant(true)))
                from item in Gen.Elements("a", "A", "b", "ｂ", "\U0001F600")
                from payee in Gen.Frequency((8, Gen.Constant("p")), (1, Gen.Constant("P")), (1, Gen.Constant("q")))
                from meter in Gen.Elements("video.view", "ad.view", "video.seconds")
                from quantity in Gen.OneOf(Gen.Choose(1, 5), Gen.Choose(-4, -1), Gen.Choose(1, 40))
                from microsecond in Gen.OneOf(Gen.Constant(0L), Gen.Constant(86_399_999_999L), Gen.Choose(0, 86_399).Select(s => s * 1_000_000L + 999_999))
                select new Arrival(day, late, item, payee, meter, quantity, microsecond))
            from chunkRows in Gen.Choose(1, 12)
            from workers in Gen.Choose(1, 4)
            from partials in Gen.Choose(1, 6)
            from stops in Gen.Choose(0, 6)
            select new History([.. events], chunkRows, workers, partials, stops);

        Prop.ForAll(history.ToArbitrary(), h => Check(h).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Histories).WithEndSize(60));
    }

    private async Task<bool> Check(History history)
    {
        await using var store = NewStore();
        void Configure(SettlementBuilder settlement)
        {
            NaiveModel.Rates(settlement);
            settlement.Configure(o =>
            {
                o.ChunkRowsMax = history.ChunkRows;
                o.PartialsPerItemRange = history.Partials;
                o.RankingSize = 3;
                o.Pipeline = new PipelineOptions { Workers = history.Workers };
            });
        }

        var model = new NaiveModel();
        var id = 0;
        for (var day = 0; day < 7; day++)
        {
            await using var scenario = await Scenario.StartAsync(store, Configure);
            var businessDay = Scenario.Monday.AddDays(day);
            var arriving = history.Events.Where(e => e.Late ? e.Day + 1 == day : e.Day == day).ToArray();
            var events = arriving.Select(e => e.ToEvent(++id)).ToArray();
            await scenario.LoadAsync(events);
            foreach (var e in events)
                model.Add(businessDay, e);
            if (day == 0 && events.Length == 0)
                await scenario.LoadAsync(Scenario.Event(100_000, businessDay, 1, item: "first", meter: "unpriced"));

            // Restarts: the close is cancelled after some chunk, and started again.
            for (var stop = 0; stop < history.Stops; stop++)
            {
                using var cancel = new CancellationTokenSource();
                var left = stop;
                try
                {
                    await scenario.Engine.Days.CloseThroughAsync(businessDay, new Countdown(() => { if (left-- <= 0) cancel.Cancel(); }), cancel.Token);
                    break;
                }
                catch (OperationCanceledException)
                {
                }
            }

            await scenario.CloseAsync(businessDay);
        }

        await using var end = await Scenario.StartAsync(store, Configure);
        var lines = (await end.LinesAsync()).Select(NaiveModel.Text).ToList();
        lines.Should().Equal(model.Lines(), history.ToString());
        foreach (var day in Enumerable.Range(0, 7).Select(i => Scenario.Monday.AddDays(i)))
        {
            (await end.Engine.Rankings.TopAsync(CalendarPeriod.Week, day, "video.view", 3)).Select(r => (r.ItemId, r.Quantity))
                .Should().Equal(model.Top("video.view", 3), history.ToString());
        }

        var verified = await end.Engine.Verifier.VerifyAsync(new DateRange(Scenario.Monday, Scenario.Monday.AddDays(6)));
        return verified.IsClean && verified.Days == 7 && await store.CountAsync("SELECT count(*) FROM partial_totals") == 0;
    }

    public sealed record Arrival(int Day, bool Late, string Item, string Payee, string Meter, int Quantity, long Microsecond)
    {
        public BillableEvent ToEvent(int id) => Scenario.Event(id, Scenario.Monday.AddDays(Day), Quantity, Item, Payee, Meter) with
        {
            OccurredAt = Scenario.Instant(Scenario.Monday.AddDays(Day), 0).AddMicroseconds(Microsecond),
        };
    }

    public sealed record History(Arrival[] Events, int ChunkRows, int Workers, int Partials, int Stops)
    {
        public override string ToString() =>
            $"chunks of {ChunkRows}, {Workers} workers, {Partials} partials, {Stops} stops:\n{string.Join('\n', Events.Select(e => e.ToString()))}";
    }

    private sealed class Countdown(Action tick) : IProgress<Closing.CloseProgress>
    {
        public void Report(Closing.CloseProgress value) => tick();
    }
}
