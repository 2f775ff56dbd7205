using Settlements.Stores;

namespace Settlements.Testing;

/// <summary>Contract tests of application tables as sources: the first counted day, and that rows are counted once.</summary>
public abstract class SourceContract
{
    private static readonly DateOnly Tuesday = Scenario.Monday.AddDays(1);

    protected abstract StoreUnderTest NewStore();

    /// <summary>SQL that creates <c>video_play</c>, as in <see cref="ReconciliationContract"/>.</summary>
    protected abstract string CreateTable { get; }

    /// <summary>Returns other spellings of the table's name.</summary>
    protected abstract Task<IReadOnlyList<string>> SpellingsAsync(StoreUnderTest store);

    [Fact]
    public async Task A_source_added_later_counts_no_earlier_rows_without_an_explicit_backfill()
    {
        await using var store = await FilledAsync();
        await using (var before = await Scenario.StartAsync(store, s => Configure(s, null)))
        {
            await before.LoadAsync(Scenario.Event(1, Scenario.Monday));
            await before.CloseAsync(Tuesday);
        }

        await using var added = await Scenario.StartAsync(store, s => Configure(s, _ => { }));
        var days = new DateRange(Scenario.Monday, Tuesday);
        (await added.Engine.Reconciler.ReconcileAsync(days)).Findings.Should().BeEmpty();
        (await added.Engine.Verifier.VerifyAsync(days)).Differences.Should().BeEmpty();
        await added.CloseAsync(Tuesday.AddDays(1));
        (await added.LinesAsync(Tuesday.AddDays(1))).Select(l => (l.ItemId, l.Quantity)).Should().Equal(
            [("7", 1)], "the source counts from the first open day on");
        await added.CheckAsync(Scenario.Monday, Tuesday.AddDays(1));
        (await store.CountAsync("SELECT count(*) FROM recorded_sources WHERE source = 'plays' AND counted_from = '2024-07-03'"))
            .Should().Be(1);

        await added.Engine.Reconciler.Invoking(
            r => r.ReconcileAsync(days, new ReconcileOptions { Backfill = new HashSet<string> { "palys" } }))
            .Should().ThrowAsync<ArgumentException>().WithMessage("*'palys'*not configured*'plays'*");
        var backfilled = await added.Engine.Reconciler.ReconcileAsync(
            days, new ReconcileOptions { Backfill = new HashSet<string> { "plays" } });
        var again = await added.Engine.Reconciler.ReconcileAsync(days, new ReconcileOptions { Backfill = new HashSet<string> { "plays" } });
        await added.CloseAsync(Tuesday.AddDays(2));

        (backfilled.EventsPosted, again.EventsPosted).Should().Be((3, 0));
        (await added.LinesAsync(Tuesday.AddDays(2))).Select(l => (l.UsageDate, l.ItemId, l.Quantity)).Should().Equal(
            (Scenario.Monday, "7", 2), (Tuesday, "7", 1), (Tuesday.AddDays(2), "7", 1));
    }

    [Fact]
    public async Task A_source_that_reads_the_event_table_is_refused()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, s => s
            .Source("twice", t => t
                .Table(IUsageSource.EventTableName).Key("occurred_at", "event_id").OccurredAt("occurred_at")
                .Item("item_id").Payee("payee_id").Counts("video.view")));

        (await scenario.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<CloseRefusedException>())
            .WithMessage("Source 'twice' reads *usage_events, the library's event table*paid twice*Remove the source*");
    }

    [Fact]
    public async Task A_missing_column_fails_the_close_before_the_first_day_of_its_meter()
    {
        await using var store = await FilledAsync();
        await using var scenario = await Scenario.StartAsync(store, s => Configure(
            s.StartsOn(Scenario.Monday), p => p.Sums("video.seconds", "no_such_column", countedFrom: Tuesday)));

        (await scenario.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<UsageSourceException>())
            .WithMessage("*'plays' can't be read from table *video_play*no_such_column*");
    }

    [Fact]
    public async Task Days_verify_clean_after_a_backfill()
    {
        await using var store = await FilledAsync();
        await using (var before = await Scenario.StartAsync(store, s => Configure(s, null)))
        {
            await before.LoadAsync(Scenario.Event(1, Scenario.Monday));
            await before.CloseAsync(Tuesday);
        }

        await using var added = await Scenario.StartAsync(store, s => Configure(s, _ => { }));
        await added.CloseAsync(Tuesday.AddDays(1));
        var days = new DateRange(Scenario.Monday, Tuesday);
        await added.Engine.Reconciler.ReconcileAsync(days, new ReconcileOptions { Backfill = new HashSet<string> { "plays" } });
        await added.CloseAsync(Tuesday.AddDays(2));

        await added.CheckAsync(Scenario.Monday, Tuesday.AddDays(2));
    }

    [Fact]
    public async Task Each_meter_of_a_source_counts_from_its_first_to_its_last_day()
    {
        await using var store = await FilledAsync();
        await using var scenario = await Scenario.StartAsync(store, s => Configure(
            s.Configure(o => o.StartsOn = Scenario.Monday), plays => plays
                .Sums("video.seconds", "watched_seconds", countedFrom: Tuesday.AddDays(1)).CountedFrom(Tuesday)
                .CountedThrough(Tuesday.AddDays(1))));

        await scenario.CloseAsync(Tuesday.AddDays(2));

        (await scenario.LinesAsync()).Select(l => (l.PostingDate, l.Meter, l.Quantity)).Should().Equal(
            (Tuesday, "video.view", 1), (Tuesday.AddDays(1), "video.seconds", 9), (Tuesday.AddDays(1), "video.view", 1));
        await scenario.CheckAsync(Scenario.Monday, Tuesday.AddDays(2));
    }

    [Fact]
    public async Task The_first_counted_day_of_a_source_can_not_be_changed()
    {
        await using var store = await FilledAsync();
        await using (var before = await Scenario.StartAsync(
            store, s => Configure(s.Configure(o => o.StartsOn = Scenario.Monday), p => p.CountedFrom(Tuesday))))
            await before.CloseAsync(Tuesday);

        await using var moved = await Scenario.StartAsync(store, s => Configure(s, p => p.CountedFrom(Scenario.Monday)));

        await moved.Engine.Reconciler.Invoking(r => r.ReconcileAsync(new DateRange(Scenario.Monday, Tuesday)))
            .Should().ThrowAsync<CloseRefusedException>()
            .WithMessage("*'plays'*'video.view' from 2024-07-02 on*CountedFrom is 2024-07-01*Backfill*");
    }

    [Fact]
    public async Task A_filter_changed_after_a_close_is_reported_and_counts_from_the_next_day()
    {
        await using var store = await FilledAsync();
        await using (var before = await Scenario.StartAsync(
            store, s => Configure(s.Configure(o => o.StartsOn = Scenario.Monday), _ => { })))
            await before.CloseAsync(Tuesday);

        await using var filtered = await Scenario.StartAsync(store, s => Configure(s, p => p.Where("kind <> 'play'")));
        await filtered.CloseAsync(Tuesday.AddDays(1));

        (await filtered.LinesAsync(Tuesday.AddDays(1))).Should().BeEmpty();
        await filtered.Engine.Reconciler.Invoking(r => r.ReconcileAsync(new DateRange(Scenario.Monday, Tuesday)))
            .Should().ThrowAsync<CloseRefusedException>()
            .WithMessage("Day 2024-07-01 was closed with source 'plays'*it is now*kind <> 'play'*Restate*");
        await filtered.CheckAsync(Tuesday.AddDays(1), Tuesday.AddDays(1));
        await using var older = await Scenario.StartAsync(store, s => Configure(s, _ => { }));
        await older.Invoking(o => o.CloseAsync(Tuesday.AddDays(2))).Should().ThrowAsync<CloseRefusedException>().WithMessage(
            "*configuration of this instance is outdated*");
    }

    [Fact]
    public async Task A_table_counted_twice_is_refused_for_any_spelling_and_filter()
    {
        await using var store = await FilledAsync();
        foreach (var spelling in (string[])["video_play", .. await SpellingsAsync(store)])
        {
            await using var scenario = await Scenario.StartAsync(store, s => Configure(
                s.Configure(o => o.StartsOn = Scenario.Monday), _ => { })
                .Source("again", p => Plays(p, spelling).Where("kind = 'play'").Counts("video.view")));

            await scenario.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<CloseRefusedException>()
                .WithMessage("*'plays' and 'again' count table *video_play for meter 'video.view'*OR*", spelling);
        }

        await using var disjoint = await Scenario.StartAsync(store, s => Configure(s.Configure(o => o.StartsOn = Scenario.Monday), _ => { })
            .Source("seconds", p => Plays(p, "video_play").Sums("video.seconds", "watched_seconds")));
        await disjoint.CloseAsync(Scenario.Monday);
        (await disjoint.LinesAsync()).Select(l => (l.Meter, l.Quantity)).Should().Equal(("video.seconds", 18), ("video.view", 2));
    }

    /// <summary>Creates a store with two rows on Monday and one on each of the following days.</summary>
    private async Task<StoreUnderTest> FilledAsync()
    {
        var store = NewStore();
        await store.ExecuteAsync(CreateTable);
        await store.ExecuteAsync("INSERT INTO video_play (id, played_at, video_id, owner_id, watched_seconds, kind) VALUES "
            + string.Join(", ", Enumerable.Range(0, 6)
                .Select(i => $"({i}, '2024-07-0{Math.Max(i, 1)} 03:00:00.000000', 7, 'ann', 9, 'play')")));
        return store;
    }

    private static SettlementBuilder Configure(SettlementBuilder settlement, Action<UsageTableBuilder>? plays)
    {
        settlement.Rates("video.view", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.KRW, 1m));
        return plays is null ? settlement : settlement.Source("plays", p => plays(Plays(p, "video_play").Counts("video.view")));
    }

    private static UsageTableBuilder Plays(UsageTableBuilder plays, string table) =>
        plays.Table(table).Key("id").OccurredAt("played_at").Item("video_id").Payee("owner_id");
}
