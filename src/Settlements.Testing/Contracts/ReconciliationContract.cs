namespace Settlements.Testing;

/// <summary>Contract tests of reconciliation: rows of closed days that are inserted, changed or deleted by SQL.</summary>
public abstract class ReconciliationContract
{
    private static readonly DateRange Closed = new(Scenario.Monday, Scenario.Monday.AddDays(1));

    private static readonly DateOnly Open = Scenario.Monday.AddDays(2);

    protected abstract StoreUnderTest NewStore();

    /// <summary>
    /// SQL that creates <c>video_play (id, played_at, video_id, owner_id, watched_seconds, kind)</c> with an index over (played_at, id), in
    /// the engine's column types.
    /// </summary>
    protected abstract string CreateTable { get; }

    [Fact]
    public async Task Rows_inserted_into_a_closed_day_by_SQL_are_found_and_posted_once_with_their_usage_date()
    {
        await using var store = NewStore();
        await using var scenario = await ClosedAsync(store);
        await InsertAsync(store, 11, 7, "v1");
        await InsertAsync(store, 12, 2, "v1");
        await InsertAsync(store, 13, 4, "new");
        (await scenario.Engine.Verifier.VerifyAsync(Closed)).IsClean.Should().BeFalse("they are not counted yet");

        var dry = await scenario.Engine.Reconciler.ReconcileAsync(Closed, new ReconcileOptions { DryRun = true });
        var found = await scenario.Engine.Reconciler.ReconcileAsync(Closed);
        var again = await scenario.Engine.Reconciler.ReconcileAsync(Closed);
        var published = await scenario.LinesAsync();
        await scenario.CloseAsync(Open);

        (dry.PostedCount, dry.ReportedCount).Should().Be((0, 2));
        (found.Days, found.EventsPosted, found.PostedCount, found.ReportedCount).Should().Be((2, 3, 2, 0));
        found.Findings.Should().Equal(
            new Finding(Scenario.Monday, "video.view", "new", "p1", FindingKind.Increase, 4, 1, 0, 4, 0, 1, FindingOutcome.Posted, Open),
            new Finding(Scenario.Monday, "video.view", "v1", "p1", FindingKind.Increase, 9, 2, 5, 14, 1, 3, FindingOutcome.Posted, Open));
        dry.Findings.Should().Equal(found.Findings.Select(f => f with { Outcome = FindingOutcome.Reported, PostingDate = null }));
        again.Findings.Should().BeEmpty("they are counted");
        published.Should().HaveCount(3, "closed days never change");
        (await scenario.LinesAsync(Open)).Select(l => (l.UsageDate, l.ItemId, l.Quantity, l.Price!.CounterBefore)).Should().Equal(
            (Scenario.Monday, "new", 4, 0), (Scenario.Monday, "v1", 9, 8));
        await scenario.CheckAsync(Scenario.Monday, Open);
    }

    [Fact]
    public async Task Corrections_inserted_by_SQL_are_posted_and_later_ones_too()
    {
        await using var store = NewStore();
        await using var scenario = await ClosedAsync(store);
        await InsertAsync(store, 11, -3, "v1");
        await scenario.Engine.Reconciler.ReconcileAsync(Closed);
        await InsertAsync(store, 12, -1, "v1");
        var second = await scenario.Engine.Reconciler.ReconcileAsync(Closed);
        await scenario.CloseAsync(Open);
        await InsertAsync(store, 13, 6, "v1");
        var third = await scenario.Engine.Reconciler.ReconcileAsync(new DateRange(Scenario.Monday, Open));
        await scenario.CloseAsync(Open.AddDays(1));

        second.Findings.Should().ContainSingle().Which.Quantity.Should().Be(-1);
        third.Findings.Should().ContainSingle().Which.PostingDate.Should().Be(Open.AddDays(1));
        (await scenario.LinesAsync(Open)).Select(l => (l.Quantity, l.Price!.CounterBefore)).Should().Equal((-4, 8), (6, 4));
        await scenario.CheckAsync(Scenario.Monday, Open.AddDays(1));
    }

    [Theory]
    [InlineData("DELETE FROM usage_events WHERE quantity = 5", -5, -1)]
    [InlineData("UPDATE usage_events SET quantity = 2 WHERE quantity = 5", -3, 0)]
    public async Task Decreases_are_reported_by_default_and_posted_by_policy(string tampering, long quantity, long events)
    {
        await using var store = NewStore();
        await using var scenario = await ClosedAsync(store);
        await store.ExecuteAsync(tampering);

        var reported = await scenario.Engine.Reconciler.ReconcileAsync(Closed);
        var again = await scenario.Engine.Reconciler.ReconcileAsync(Closed);
        var posted = await scenario.Engine.Reconciler.ReconcileAsync(Closed, new ReconcileOptions { Decreases = FindingPolicy.Post });
        await scenario.CloseAsync(Open);

        (reported.PostedCount, reported.ReportedCount).Should().Be((0, 1));
        reported.Findings.Should().Equal(new Finding(
            Scenario.Monday, "video.view", "v1", "p1", FindingKind.Decrease, quantity, events, 5, 5 + quantity, 1, 1 + events,
            FindingOutcome.Reported, null));
        again.Findings.Should().Equal(reported.Findings, "it is found until it is accepted or posted");
        posted.Findings.Should().Equal(reported.Findings[0] with { Outcome = FindingOutcome.Posted, PostingDate = Open });
        (await scenario.LinesAsync(Open)).Select(l => (l.UsageDate, l.Quantity, l.Amount)).Should().Equal(
            (Scenario.Monday, quantity, (decimal)quantity));
        await scenario.CheckAsync(Scenario.Monday, Open);
    }

    /// <summary>A day with the recorded state of its source isn't summed again: each change has to change the state.</summary>
    [Theory]
    [InlineData("DELETE FROM usage_events WHERE quantity = 5")]
    [InlineData("UPDATE usage_events SET quantity = 6 WHERE quantity = 5")]
    [InlineData("UPDATE usage_events SET quantity = CASE quantity WHEN 5 THEN 2 ELSE 5 END WHERE quantity IN (2, 5)")]
    [InlineData("UPDATE usage_events SET payee_id = 'bob' WHERE quantity = 5")]
    [InlineData("UPDATE usage_events SET item_id = 'v3' WHERE quantity = 5")]
    [InlineData("UPDATE usage_events SET item_id = CASE item_id WHEN 'v1' THEN 'v2' ELSE 'v1' END WHERE quantity IN (2, 5)")]
    [InlineData("UPDATE usage_events SET meter = 'video.seconds' WHERE quantity = 5")]
    public async Task A_change_after_a_reconciliation_without_differences_is_found(string change)
    {
        await using var store = NewStore();
        await using var scenario = await ClosedAsync(store);
        (await scenario.Engine.Reconciler.ReconcileAsync(Closed)).Findings.Should().BeEmpty();

        await store.ExecuteAsync(change);

        (await scenario.Engine.Reconciler.ReconcileAsync(Closed)).Findings.Should().NotBeEmpty();
    }

    /// <summary>The CRC-32 of the ids of these rows have the same sum before and after the exchange.</summary>
    [Fact]
    public async Task Payees_exchanged_between_rows_are_found()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(
            Scenario.Event(1, Scenario.Monday, 5, "w0000", "c00"), Scenario.Event(2, Scenario.Monday, 5, "w0007", "c55"));
        await scenario.CloseAsync(Scenario.Monday.AddDays(1));
        (await scenario.Engine.Reconciler.ReconcileAsync(Closed)).Findings.Should().BeEmpty();

        await store.ExecuteAsync("UPDATE usage_events SET payee_id = CASE payee_id WHEN 'c00' THEN 'c55' ELSE 'c00' END");
        var exchanged = await scenario.Engine.Reconciler.ReconcileAsync(Closed);

        exchanged.Findings.Should().HaveCount(4).And.OnlyContain(f => f.Kind == FindingKind.PayeeChange);
    }

    [Fact]
    public async Task A_changed_payee_is_reported_by_default_moved_by_policy_and_never_paid_twice()
    {
        await using var store = NewStore();
        await using var scenario = await ClosedAsync(store);
        await store.ExecuteAsync("UPDATE usage_events SET payee_id = 'bob' WHERE quantity = 5");

        var reported = await scenario.Engine.Reconciler.ReconcileAsync(
            Closed, new ReconcileOptions { Increases = FindingPolicy.Post, Decreases = FindingPolicy.Post });
        var moved = await scenario.Engine.Reconciler.ReconcileAsync(Closed, new ReconcileOptions { PayeeChanges = FindingPolicy.Post });
        await scenario.CloseAsync(Open);

        reported.Findings.Should().Equal(
            new Finding(
                Scenario.Monday, "video.view", "v1", "bob", FindingKind.PayeeChange, 5, 1, 0, 5, 0, 1, FindingOutcome.Reported, null),
            new Finding(Scenario.Monday, "video.view", "v1", "p1", FindingKind.PayeeChange, -5, -1, 5, 0, 1, 0,
                FindingOutcome.Reported, null));
        (moved.PostedCount, moved.EventsPosted).Should().Be((2, 0));
        (await scenario.LinesAsync(Open)).Select(l => (l.PayeeId, l.Quantity, l.Amount)).Should().Equal(("bob", 5, 5m), ("p1", -5, -5m));
        (await scenario.Engine.Statements.ReadAllAsync(CalendarPeriod.Week, Open)).Payees.Select(p => (p.PayeeId, p.Totals.Single().Amount))
            .Should().Equal(
                ("bob", 5m), ("p1", 5m));
        await scenario.CheckAsync(Scenario.Monday, Open);
    }

    [Fact]
    public async Task A_changed_payee_and_new_usage_are_separate_findings()
    {
        await using var store = NewStore();
        await using var scenario = await ClosedAsync(store);
        await store.ExecuteAsync("UPDATE usage_events SET payee_id = 'bob' WHERE quantity = 5");
        await store.ExecuteAsync("UPDATE usage_events SET quantity = 9 WHERE payee_id = 'bob'");
        await InsertAsync(store, 12, 2, "v1", "bob");

        var found = await scenario.Engine.Reconciler.ReconcileAsync(Closed);
        await scenario.CloseAsync(Open);

        found.Findings.Select(f => (f.PayeeId, f.Kind, f.Quantity, f.Events, f.Outcome)).Should().Equal(
            ("bob", FindingKind.Increase, 6, 1, FindingOutcome.Posted), ("bob", FindingKind.PayeeChange, 5, 1, FindingOutcome.Reported),
            ("p1", FindingKind.PayeeChange, -5, -1, FindingOutcome.Reported));
        (await scenario.LinesAsync(Open)).Select(l => (l.PayeeId, l.Quantity)).Should().Equal(("bob", 6));
    }

    [Fact]
    public async Task An_accepted_finding_stays_accepted_and_later_changes_are_found()
    {
        await using var store = NewStore();
        await using var scenario = await ClosedAsync(store);
        await store.ExecuteAsync("UPDATE usage_events SET quantity = 2 WHERE quantity = 5");
        var finding = (await scenario.Engine.Reconciler.ReconcileAsync(Closed)).Findings.Single();

        await scenario.Engine.Reconciler.Invoking(r => r.AcceptAsync(finding, new string('b', 257), "eve")).Should()
            .ThrowAsync<ArgumentException>()
            .WithMessage("The reason has 257 characters, and the limit is 256.*");
        await scenario.Engine.Reconciler.AcceptAsync(finding, "bots, paid anyway", "eve");

        var accepted = await scenario.Engine.Reconciler.ReconcileAsync(Closed, new ReconcileOptions { Decreases = FindingPolicy.Post });
        accepted.Findings.Should().BeEmpty();
        await scenario.Engine.Reconciler.Invoking(r => r.AcceptAsync(finding, "again", "eve"))
            .Should().ThrowAsync<InvalidOperationException>()
            .WithMessage("*-3 units*'video.view'*'v1'*2024-07-01*Reconcile again*");
        await scenario.CloseAsync(Open);
        (await scenario.LinesAsync(Open)).Should().BeEmpty();
        await scenario.CheckAsync(Scenario.Monday, Open);
        await store.ExecuteAsync("UPDATE usage_events SET quantity = 1 WHERE quantity = 2 AND item_id = 'v1'");
        (await scenario.Engine.Reconciler.ReconcileAsync(Closed)).Findings.Should().ContainSingle().Which.Quantity.Should().Be(-1);
        (await store.ReadAsync("SELECT reason, decided_by FROM adjustments")).Should().HaveCount(1);
    }

    [Theory]
    [InlineData("DELETE FROM settlement_lines WHERE item_id = 'v2'")]
    [InlineData("UPDATE settlement_lines SET quantity = 4 WHERE quantity = 5")]
    [InlineData("DELETE FROM day_totals WHERE day = '2024-07-01'")]
    public async Task Reconciliation_refuses_a_deleted_or_changed_published_line_and_posts_nothing(string tampering)
    {
        await using var store = NewStore();
        await using var scenario = await ClosedAsync(store);
        await store.ExecuteAsync(tampering);

        await scenario.Engine.Reconciler.Invoking(r => r.ReconcileAsync(Closed)).Should().ThrowAsync<InvariantException>()
            .WithMessage("Day 2024-07-01 can't be reconciled*'video.view'*restore*");
        (await store.CountAsync("SELECT count(*) FROM adjustments")).Should().Be(0);
        (await scenario.Engine.Verifier.VerifyAsync(Closed)).IsClean.Should().BeFalse();
    }

    [Fact]
    public async Task Rows_inserted_into_an_application_table_after_the_close_are_counted_once()
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
            "(2, '2024-07-01 01:00:00.000001', 7, 'ann', 50, 'play'), (3, '2024-07-02 01:00:00.000000', 8, 'bob', 9, 'play'), "
            + "(4, '2024-07-03 01:00:00.000000', 7, 'ann', 1, 'play')"));

        var found = await scenario.Engine.Reconciler.ReconcileAsync(Closed);
        await scenario.CloseAsync(Open);
        var again = await scenario.Engine.Reconciler.ReconcileAsync(new DateRange(Scenario.Monday, Open));

        found.EventsPosted.Should().Be(4, "two rows of two meters");
        again.Findings.Should().BeEmpty();
        (await scenario.LinesAsync(Open)).Where(l => l.Price is not null).Select(l => (l.UsageDate, l.ItemId, l.PayeeId, l.Quantity))
            .Should().Equal(
                (Scenario.Monday, "7", "ann", 1), (Open, "7", "ann", 1), (Scenario.Monday.AddDays(1), "8", "bob", 1));
        (await scenario.Engine.Rankings.TopAsync(CalendarPeriod.Week, Open, "video.seconds")).Items.Select(r => r.Quantity).Should().Equal(
            151, 9);
        await scenario.CheckAsync(Scenario.Monday, Open);
    }

    [Fact]
    public async Task Concurrent_reconciliations_post_each_finding_once()
    {
        await using var store = NewStore();
        await using var one = await ClosedAsync(store);
        await using var two = await Scenario.StartAsync(store);
        for (var i = 0; i < 20; i++)
            await InsertAsync(store, 100 + i, 1, $"v{i}");

        var reports = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(i => Task.Run(() => (i % 2 == 0 ? one : two).Engine.Reconciler.ReconcileAsync(Closed))));
        await one.CloseAsync(Open);

        reports.Sum(r => r.EventsPosted).Should().Be(20);
        (await one.LinesAsync(Open)).Sum(l => l.Quantity).Should().Be(20);
        await one.CheckAsync(Scenario.Monday, Open);
    }

    [Fact]
    public async Task A_finding_posted_while_a_day_is_closing_is_counted_by_the_next_day()
    {
        await using var store = NewStore();
        await using var scenario = await ClosedAsync(store);
        await InsertAsync(store, 11, 7, "v1");
        var done = false;

        await scenario.Engine.Days.CloseThroughAsync(Open, new InlineProgress(p =>
        {
            if (!done && p.Run.StepNumber == 1)
                scenario.Engine.Reconciler.ReconcileAsync(Closed).GetAwaiter().GetResult();
            done = true;
        }));
        await scenario.CloseAsync(Open.AddDays(1));

        (await scenario.LinesAsync(Open)).Select(l => (l.PostingDate, l.Quantity)).Should().Equal((Open.AddDays(1), 7));
        await scenario.CheckAsync(Scenario.Monday, Open.AddDays(1));
    }

    private static async Task<Scenario> ClosedAsync(StoreUnderTest store)
    {
        var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(
            Scenario.Event(1, Scenario.Monday, 5), Scenario.Event(2, Scenario.Monday.AddDays(1), 3),
            Scenario.Event(3, Scenario.Monday, 2, item: "v2"));
        await scenario.CloseAsync(Scenario.Monday.AddDays(1));
        return scenario;
    }

    private static Task InsertAsync(StoreUnderTest store, int id, long quantity, string item, string payee = "p1") => store.ExecuteAsync(
        "INSERT INTO usage_events (occurred_at, event_id, meter, item_id, payee_id, quantity) VALUES "
        + $"({store.Literal(Scenario.Instant(Scenario.Monday, 12))}, X'{Scenario.Id(id):N}', 'video.view', '{item}', '{payee}', "
        + $"{quantity})");

    private static string Plays(string values) =>
        $"INSERT INTO video_play (id, played_at, video_id, owner_id, watched_seconds, kind) VALUES {values}";
}
