namespace Settlements.Testing;

/// <summary>Contract tests of quarantined items: the other items are published, and the remedy that the error names works.</summary>
public abstract class QuarantineContract
{
    private static readonly DateOnly Tuesday = Scenario.Monday.AddDays(1);

    protected abstract StoreUnderTest NewStore();

    /// <summary>SQL that creates <c>video_play</c>, as in <see cref="ReconciliationContract"/>.</summary>
    protected abstract string CreateTable { get; }

    [Theory]
    [InlineData(1_000_000)]
    [InlineData(100)]
    public async Task A_day_is_published_without_a_quarantined_item_and_the_next_day_posts_its_corrected_usage(int chunkRows)
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, s => s
            .Configure(o => (o.ChunkRowsMax, o.PartialsPerItemRange) = (chunkRows, 10))
            .Rates("video.view", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.KRW, 1m)));
        var tooMany = (int)(RateTable.CountMax / UsageEvent.QuantityMax) + 1;
        await scenario.LoadAsync(
            [.. Enumerable.Range(1, tooMany).Select(i => Scenario.Event(i, Scenario.Monday, UsageEvent.QuantityMax, "huge", "ann"))]);
        await scenario.LoadAsync(
            Scenario.Event(100_001, Scenario.Monday, 5), Scenario.Event(100_002, Scenario.Monday, 7, "huge", "bob"),
            Scenario.Event(100_003, Tuesday, 6));

        var closed = await scenario.Engine.Days.CloseThroughAsync(Scenario.Monday);

        var reason = closed.Single().Quarantined.Select(q => (q.ItemId, q.PayeeId, q.UsageDate)).Should().Equal(
            ("huge", "ann", Scenario.Monday), ("huge", "bob", Scenario.Monday)).And.Subject;
        closed[0].Quarantined[0].Reason.Should().Match("*'video.view'*'huge'*1000000000000000*negative quantity*");
        (await scenario.LineAsync(Scenario.Monday)).Amount.Should().Be(5);
        (await scenario.Engine.Days.ListQuarantinedAsync()).Should().BeEquivalentTo(closed[0].Quarantined, o => o.WithStrictOrdering());
        (await scenario.Engine.Statements.ReadAsync("bob", CalendarPeriod.Day, Scenario.Monday)).Quarantined
            .Should().ContainSingle().Which.Quantity.Should().Be(7);
        (await scenario.Engine.Statements.ReadAsync("p1", CalendarPeriod.Day, Scenario.Monday)).Quarantined.Should().BeEmpty();
        await scenario.CheckAsync(Scenario.Monday, Scenario.Monday);

        // No correction arrives on the first day.
        await scenario.CloseAsync(Tuesday);
        (await scenario.LinesAsync(Tuesday)).Select(l => (l.ItemId, l.Quantity)).Should().Equal(("v1", 6));
        (await scenario.Engine.Days.ListQuarantinedAsync()).Should().HaveCount(2);

        (await scenario.LoadAsync(Scenario.Event(200_000, Scenario.Monday, -UsageEvent.QuantityMax, "huge", "ann"))).Late.Should().Be(1);
        await scenario.LoadAsync(Scenario.Event(200_001, Scenario.Monday, -10, "huge", "ann"));
        await scenario.CloseAsync(Tuesday.AddDays(1));
        (await scenario.LinesAsync(Tuesday.AddDays(1))).Select(l => (l.UsageDate, l.PayeeId, l.Quantity)).Should().Equal(
            (Scenario.Monday, "ann", RateTable.CountMax - 10), (Scenario.Monday, "bob", 7));
        (await scenario.Engine.Days.ListQuarantinedAsync()).Should().BeEmpty();
        await scenario.CheckAsync(Scenario.Monday, Tuesday.AddDays(1));
    }

    [Theory]
    [InlineData(4_000_000_000_000_000_000)]
    [InlineData(9_000_000_000_000_000_000)]
    public async Task A_corrected_table_row_is_posted_by_reconciliation(long impossible)
    {
        await using var store = NewStore();
        await store.ExecuteAsync(CreateTable);
        await store.ExecuteAsync($"""
            INSERT INTO video_play (id, played_at, video_id, owner_id, watched_seconds, kind) VALUES
            (1, '2024-07-01 01:00:00.000000', 7, 'ann', {impossible}, 'play'),
                (2, '2024-07-01 02:00:00.000000', 7, 'ann', {impossible}, 'play'),
            (3, '2024-07-01 02:00:00.000000', 7, 'ann', {impossible}, 'play'), (4, '2024-07-01 01:00:00.000000', 8, 'bob', 3, 'play')
            """);
        await using var scenario = await Scenario.StartAsync(store, s => s
            .Configure(o => o.ChunkRowsMax = 1)
            .Source("plays", plays => plays.Table("video_play").Key("played_at", "id").OccurredAt("played_at").Item("video_id").Payee(
                "owner_id")
                .Sums("video.view", "watched_seconds"))
            .Rates("video.view", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.KRW, 1m)));

        await scenario.CloseAsync(Scenario.Monday);
        (await scenario.LineAsync(Scenario.Monday)).ItemId.Should().Be("8");
        (await scenario.Engine.Days.ListQuarantinedAsync()).Should().ContainSingle().Which.Quantity.Should().Be(3 * (Int128)impossible);
        await store.ExecuteAsync("UPDATE video_play SET watched_seconds = 2 WHERE video_id = 7");

        var days = new DateRange(Scenario.Monday, Scenario.Monday);
        for (var i = 0; i < 20 && (await scenario.Engine.Reconciler.ReconcileAsync(days)).PostedCount > 0; i++)
        {
        }

        await scenario.CloseAsync(Tuesday);
        (await scenario.LineAsync(Tuesday))
            .Should().Match<SettlementLine>(l => l.UsageDate == Scenario.Monday && l.Quantity == 6 && l.Amount == 6);
        (await scenario.Engine.Days.ListQuarantinedAsync()).Should().BeEmpty();
        await scenario.CheckAsync(Scenario.Monday, Tuesday);
    }

    [Fact]
    public async Task Usage_before_the_first_rate_version_is_quarantined_until_a_correction_reverts_it()
    {
        await using var store = NewStore();
        await PlaysTable.CreateAsync(store);
        await PlaysTable.InsertAsync(store, Scenario.Monday, "v1", "ann", 2);
        await PlaysTable.InsertAsync(store, Scenario.Monday, "v2", "bob", 1);
        await using var scenario = await Scenario.StartAsync(store, s =>
        {
            PlaysTable.Use(s);
            s.Rates("video.view", r => r.ForItem("v2", o => o.Flat("w", Scenario.Monday, Currency.KRW, 2m)).Flat(
                "v", Tuesday, Currency.KRW, 1m));
        });

        await scenario.CloseAsync(Scenario.Monday);
        (await scenario.LineAsync(Scenario.Monday)).Amount.Should().Be(2);
        (await scenario.Engine.Days.ListQuarantinedAsync())
            .Should().ContainSingle().Which.Reason.Should().Match("*'video.view'*'v1'*'ann'*on 2024-07-01*starts on 2024-07-02*");
        await store.ExecuteAsync("DELETE FROM plays WHERE video_id = 'v1'");
        (await scenario.Engine.Reconciler.ReconcileAsync(new DateRange(Scenario.Monday, Scenario.Monday))).PostedCount.Should().Be(1);
        await scenario.CloseAsync(Tuesday);

        (await scenario.Engine.Days.ListQuarantinedAsync()).Should().BeEmpty();
        (await scenario.LinesAsync(Tuesday)).Should().BeEmpty();
        await scenario.CheckAsync(Scenario.Monday, Tuesday);
    }
}
