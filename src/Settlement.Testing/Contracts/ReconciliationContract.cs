using Settlement.Calendars;
using Settlement.Rates;

namespace Settlement.Testing.Contracts;

/// <summary>What becomes of events that come into closed days past the library.</summary>
public abstract class ReconciliationContract
{
    private static readonly DateRange Closed = new(Scenario.Monday, Scenario.Monday.AddDays(1));

    protected abstract StoreUnderTest NewStore();

    /// <summary>Creates <c>video_play (id, played_at, video_id, owner_id, watched_seconds, kind)</c> with an index over (played_at, id), in the store's own types.</summary>
    protected abstract string CreateTable { get; }

    [Fact]
    public async Task Rows_put_into_a_closed_day_by_hand_are_found_and_counted_once_under_their_own_day()
    {
        await using var store = NewStore();
        await using var scenario = await ClosedAsync(store);
        await InsertAsync(store, 11, 7, "v1");
        await InsertAsync(store, 12, 2, "v1");
        await InsertAsync(store, 13, 4, "new");
        (await scenario.Engine.Verifier.VerifyAsync(Closed)).IsClean.Should().BeFalse("they are not counted yet");

        var found = await scenario.Engine.Reconciler.ReconcileAsync(Closed);
        var again = await scenario.Engine.Reconciler.ReconcileAsync(Closed);
        var published = await scenario.LinesAsync();
        await scenario.CloseAsync(Scenario.Monday.AddDays(2));

        (found.Days, found.EventsFound, found.AdjustmentsCount, found.ChangesCount).Should().Be((2, 3, 2, 0));
        found.Adjustments.Select(a => (a.OwnDay, a.CountedOn, a.ItemId, a.Quantity, a.Events)).Should().Equal(
            (Scenario.Monday, Scenario.Monday.AddDays(2), "new", 4, 1), (Scenario.Monday, Scenario.Monday.AddDays(2), "v1", 9, 2));
        (again.EventsFound, again.ChangesCount).Should().Be((0, 0), "they are counted");
        published.Should().HaveCount(3, "closed days never change");
        (await scenario.LinesAsync(Scenario.Monday.AddDays(2))).Select(l => (l.ItemId, l.Quantity, l.CumulativeBefore)).Should().Equal(("new", 4, 0), ("v1", 9, 8));
        var why = (await scenario.Engine.Lines.ExplainAsync(Scenario.Monday.AddDays(2), "video.view", "v1")).Should().ContainSingle().Subject;
        why.Late.Select(l => (l.OwnDay, l.Quantity)).Should().Equal((Scenario.Monday, 9));
        await CleanAsync(scenario, Scenario.Monday.AddDays(2));
    }

    [Fact]
    public async Task Corrections_that_come_by_hand_are_counted_and_later_ones_too()
    {
        await using var store = NewStore();
        await using var scenario = await ClosedAsync(store);
        await InsertAsync(store, 11, -3, "v1");
        await scenario.Engine.Reconciler.ReconcileAsync(Closed);
        await InsertAsync(store, 12, -1, "v1");
        var second = await scenario.Engine.Reconciler.ReconcileAsync(Closed);
        await scenario.CloseAsync(Scenario.Monday.AddDays(2));
        await InsertAsync(store, 13, 6, "v1");
        var third = await scenario.Engine.Reconciler.ReconcileAsync(new DateRange(Scenario.Monday, Scenario.Monday.AddDays(2)));
        await scenario.CloseAsync(Scenario.Monday.AddDays(3));

        second.Adjustments.Should().ContainSingle().Which.Quantity.Should().Be(-1);
        third.Adjustments.Should().ContainSingle().Which.CountedOn.Should().Be(Scenario.Monday.AddDays(3));
        (await scenario.LinesAsync(Scenario.Monday.AddDays(2))).Select(l => (l.Quantity, l.CumulativeBefore)).Should().Equal((-4, 8), (6, 4));
        await CleanAsync(scenario, Scenario.Monday.AddDays(3));
    }

    [Theory]
    [InlineData("DELETE FROM billable_events WHERE quantity = 5", "5 in 1 events", "0 in 0 events", "events")]
    [InlineData("UPDATE billable_events SET quantity = 6 WHERE quantity = 5", "5 in 1 events", "6 in 1 events", "total quantity")]
    public async Task Rows_deleted_or_changed_are_reported_and_not_counted(string tampering, string known, string now, string verified)
    {
        await using var store = NewStore();
        await using var scenario = await ClosedAsync(store);
        await store.ExecuteAsync(tampering);

        var report = await scenario.Engine.Reconciler.ReconcileAsync(Closed);
        await scenario.CloseAsync(Scenario.Monday.AddDays(2));

        (report.EventsFound, report.ChangesCount).Should().Be((0, 1));
        report.Changes.Should().ContainSingle().Which.Should().Match<Verification.Difference>(d =>
            d.Day == Scenario.Monday && d.ItemId == "v1" && d.Published == known && d.Computed == now);
        (await scenario.LinesAsync(Scenario.Monday.AddDays(2))).Should().BeEmpty();
        (await scenario.Engine.Verifier.VerifyAsync(Closed)).Differences.Should().Contain(d => d.ItemId == "v1" && d.What == verified);
    }

    [Fact]
    public async Task Rows_of_a_hosts_own_table_that_come_after_the_close_are_counted_once()
    {
        await using var store = NewStore();
        await store.ExecuteAsync(CreateTable);
        await using var scenario = await Scenario.StartAsync(store, s => s
            .Source("plays", plays => plays
                .Table("video_play").Key("played_at", "id").OccurredAt("played_at").Item("video_id").Payee("owner_id")
                .Counts("video.view").Sums("video.seconds", "watched_seconds"))
            .Rates("video.view", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.KRW, 1m)));
        await store.ExecuteAsync(Plays("(1, '2024-07-01 01:00:00.000000', 7, 'ann', 100, 'play')"));
        await scenario.CloseAsync(Scenario.Monday.AddDays(1));
        await store.ExecuteAsync(Plays(
            "(2, '2024-07-01 01:00:00.000001', 7, 'ann', 50, 'play'), (3, '2024-07-02 01:00:00.000000', 8, 'bob', 9, 'play'), (4, '2024-07-03 01:00:00.000000', 7, 'ann', 1, 'play')"));

        var found = await scenario.Engine.Reconciler.ReconcileAsync(Closed);
        await scenario.CloseAsync(Scenario.Monday.AddDays(2));
        var again = await scenario.Engine.Reconciler.ReconcileAsync(new DateRange(Scenario.Monday, Scenario.Monday.AddDays(2)));

        found.EventsFound.Should().Be(4, "two rows of two meters");
        again.EventsFound.Should().Be(0);
        (await scenario.LinesAsync(Scenario.Monday.AddDays(2))).Select(l => (l.ItemId, l.PayeeId, l.Quantity)).Should().Equal(("7", "ann", 2), ("8", "bob", 1));
        (await scenario.Engine.Rankings.TopAsync(CalendarPeriod.Week, Scenario.Monday.AddDays(2), "video.seconds")).Select(r => r.Quantity).Should().Equal(151, 9);
        await CleanAsync(scenario, Scenario.Monday.AddDays(2));
    }

    [Fact]
    public async Task Hosts_that_reconcile_at_once_count_once()
    {
        await using var store = NewStore();
        await using var one = await ClosedAsync(store);
        await using var two = await Scenario.StartAsync(store);
        for (var i = 0; i < 20; i++)
            await InsertAsync(store, 100 + i, 1, $"v{i}");

        var reports = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(i => Task.Run(() => (i % 2 == 0 ? one : two).Engine.Reconciler.ReconcileAsync(Closed))));
        await one.CloseAsync(Scenario.Monday.AddDays(2));

        reports.Sum(r => r.EventsFound).Should().Be(20);
        (await one.LinesAsync(Scenario.Monday.AddDays(2))).Sum(l => l.Quantity).Should().Be(20);
        await CleanAsync(one, Scenario.Monday.AddDays(2));
    }

    [Fact]
    public async Task What_is_found_while_a_day_is_closing_is_counted_by_the_one_after_it()
    {
        await using var store = NewStore();
        await using var scenario = await ClosedAsync(store);
        await InsertAsync(store, 11, 7, "v1");
        var done = false;

        await scenario.Engine.Days.CloseThroughAsync(Scenario.Monday.AddDays(2), new Told(p =>
        {
            if (!done && p.Run.StepNumber == 1)
                scenario.Engine.Reconciler.ReconcileAsync(Closed).GetAwaiter().GetResult();
            done = true;
        }));
        await scenario.CloseAsync(Scenario.Monday.AddDays(3));

        (await scenario.LinesAsync(Scenario.Monday.AddDays(2))).Select(l => (l.Day, l.Quantity)).Should().Equal((Scenario.Monday.AddDays(3), 7));
        await CleanAsync(scenario, Scenario.Monday.AddDays(3));
    }

    private static async Task<Scenario> ClosedAsync(StoreUnderTest store)
    {
        var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(
            Scenario.Event(1, Scenario.Monday, 5), Scenario.Event(2, Scenario.Monday.AddDays(1), 3), Scenario.Event(3, Scenario.Monday, 2, item: "v2"));
        await scenario.CloseAsync(Scenario.Monday.AddDays(1));
        return scenario;
    }

    private static Task InsertAsync(StoreUnderTest store, int id, long quantity, string item) => store.ExecuteAsync(
        "INSERT INTO billable_events (occurred_at, event_id, meter, item_id, payee_id, quantity) VALUES "
        + $"({store.Literal(Scenario.Instant(Scenario.Monday, 12))}, X'{Scenario.Id(id):N}', 'video.view', '{item}', 'p1', {quantity})");

    private static string Plays(string values) => $"INSERT INTO video_play (id, played_at, video_id, owner_id, watched_seconds, kind) VALUES {values}";

    private static async Task CleanAsync(Scenario scenario, DateOnly last)
    {
        var report = await scenario.Engine.Verifier.VerifyAsync(new DateRange(Scenario.Monday, last));
        report.Differences.Should().BeEmpty();
        report.Days.Should().Be(last.DayNumber - Scenario.Monday.DayNumber + 1);
    }

    private sealed class Told(Action<Closing.CloseProgress> told) : IProgress<Closing.CloseProgress>
    {
        public void Report(Closing.CloseProgress value) => told(value);
    }
}
