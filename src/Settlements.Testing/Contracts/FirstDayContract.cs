namespace Settlements.Testing;

/// <summary>Contract tests of the first business day: which day it is, and when it becomes fixed.</summary>
public abstract class FirstDayContract
{
    protected abstract StoreUnderTest NewStore();

    /// <summary>SQL that creates <c>video_play</c>, as in <see cref="ReconciliationContract"/>.</summary>
    protected abstract string CreateTable { get; }

    [Fact]
    public async Task An_empty_database_closes_no_day_and_later_imports_are_on_time()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);

        (await scenario.Engine.Days.FindNextAsync()).Should().BeNull();
        (await scenario.Engine.Days.CloseThroughAsync(Scenario.Monday)).Should().BeEmpty();
        (await scenario.Engine.Days.CloseDayAsync(Scenario.Monday)).Should().BeNull();
        var reconciled = await scenario.Engine.Reconciler.ReconcileAsync(new DateRange(Scenario.Monday.AddDays(-30), Scenario.Monday));
        reconciled.Should().Match<ReconciliationReport>(r => r.Days == 0 && r.PostedCount == 0 && r.ReportedCount == 0);
        (await scenario.Engine.Verifier.VerifyAsync(new DateRange(Scenario.Monday, Scenario.Monday))).Days.Should().Be(0);

        (await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday))).Late.Should().Be(0);
        await scenario.CloseAsync(Scenario.Monday);
        (await scenario.LineAsync(Scenario.Monday)).Quantity.Should().Be(1);
    }

    [Fact]
    public async Task The_configured_first_day_is_used_with_or_without_events()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, s => s.Configure(o => o.StartsOn = Scenario.Monday));

        (await scenario.Engine.Days.FindNextAsync()).Should().Be(Scenario.Monday);
        (await scenario.Engine.Days.CloseThroughAsync(Scenario.Monday.AddDays(-1))).Should().BeEmpty();
        (await scenario.Engine.Days.CloseThroughAsync(Scenario.Monday.AddDays(1))).Select(d => d.Day).Should().Equal(
            Scenario.Monday, Scenario.Monday.AddDays(1));
        (await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday))).Late.Should().Be(1);
    }

    [Theory]
    [InlineData(33, true)]
    [InlineData(32, false)]
    public async Task A_first_event_long_before_the_second_is_refused_with_the_remedy(int daysBefore, bool isRefused)
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday.AddDays(-daysBefore)), Scenario.Event(2, Scenario.Monday));

        if (!isRefused)
        {
            (await scenario.Engine.Days.CloseThroughAsync(Scenario.Monday)).Should().HaveCount(daysBefore + 1);
            return;
        }

        await scenario.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<CloseRefusedException>()
            .WithMessage("*2024-05-29*2024-07-01*32 days without events*limit is 31*StartsOn(date)*EmptyDaysAtStartMax*");
        (await store.CountAsync("SELECT count(*) FROM business_days")).Should().Be(0);
        await using var raised = await Scenario.StartAsync(store, s => s.Configure(o => o.EmptyDaysAtStartMax = 32));
        (await raised.Engine.Days.FindNextAsync()).Should().Be(Scenario.Monday.AddDays(-33));
    }

    [Fact]
    public async Task An_event_dated_1999_publishes_no_empty_days_and_is_late_after_a_configured_start()
    {
        await using var store = NewStore();
        await using (var scenario = await Scenario.StartAsync(store))
        {
            await scenario.LoadAsync(
                Scenario.Event(1, new DateOnly(1999, 1, 1), 3, meter: "video.seconds"), Scenario.Event(2, Scenario.Monday));
            await scenario.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<CloseRefusedException>().WithMessage(
                "*1999-01-01*");
        }

        await using var repaired = await Scenario.StartAsync(store, s =>
        {
            Scenario.UsualRates(s);
            s.Configure(o => o.StartsOn = Scenario.Monday);
        });
        await repaired.CloseAsync(Scenario.Monday);

        (await repaired.LinesAsync()).Select(l => (l.PostingDate, l.UsageDate, l.Meter)).Should().Equal(
            (Scenario.Monday, new DateOnly(1999, 1, 1), "video.seconds"), (Scenario.Monday, Scenario.Monday, "video.view"));
        await repaired.CheckAsync(Scenario.Monday, Scenario.Monday);
    }

    [Fact]
    public async Task A_failed_first_close_fixes_neither_the_calendar_nor_the_first_day()
    {
        await using var store = NewStore();
        await using (var berlin = await Scenario.StartAsync(store, s => s.Calendar("Europe/Berlin")))
        {
            await berlin.LoadAsync(Scenario.Event(1, Scenario.Monday.AddDays(1), 5, hour: 2));
            using var cancel = new CancellationTokenSource();
            await berlin.Engine.Days.Invoking(d => d.CloseThroughAsync(
                    Scenario.Monday.AddDays(1), new InlineProgress(p => { if (p.Run.StepNumber == 2) cancel.Cancel(); }), cancel.Token))
                .Should().ThrowAsync<OperationCanceledException>();
            (await store.CountAsync("SELECT count(*) FROM business_days WHERE state = 'closing'")).Should().Be(1);
            (await berlin.LoadAsync(Scenario.Event(2, Scenario.Monday, 7))).Late.Should().Be(1, "a day is closing");
        }

        await using var seoul = await Scenario.StartAsync(store);
        await seoul.CloseAsync(Scenario.Monday.AddDays(1));

        (await seoul.LinesAsync()).Select(l => (l.PostingDate, l.UsageDate, l.Quantity)).Should().Equal(
            (Scenario.Monday, Scenario.Monday, 7), (Scenario.Monday.AddDays(1), Scenario.Monday.AddDays(1), 5));
        await seoul.CheckAsync(Scenario.Monday, Scenario.Monday.AddDays(1));
    }

    [Fact]
    public async Task Table_rows_from_before_the_first_day_are_reported_unless_the_source_counts_from_a_later_day()
    {
        await using var store = NewStore();
        await store.ExecuteAsync(CreateTable);
        await store.ExecuteAsync("""
            INSERT INTO video_play (id, played_at, video_id, owner_id, watched_seconds, kind) VALUES
            (1, '2024-06-20 01:00:00.000000', 7, 'ann', 9, 'play'), (2, '2024-07-01 01:00:00.000000', 7, 'ann', 9, 'play')
            """);
        await using (var scenario = await Scenario.StartAsync(store, s => Plays(s, null)))
        {
            await scenario.CloseAsync(Scenario.Monday);

            var days = new DateRange(Scenario.Monday, Scenario.Monday);
            var found = (await scenario.Engine.Reconciler.ReconcileAsync(days)).EarlierRows.Should().ContainSingle().Subject;
            (found.Source, found.First).Should().Be(("plays", new DateTimeOffset(2024, 6, 20, 1, 0, 0, TimeSpan.Zero)));
            (await scenario.Engine.Verifier.VerifyAsync(days)).Differences.Should().ContainSingle()
                .Which.Should().Match<VerificationDifference>(
                    d => d.Day == new DateOnly(2024, 6, 20) && d.Meter == "video.view" && d.What.Contains("'plays'"));
        }

        await using var excluded = await Scenario.StartAsync(store, s => Plays(s, Scenario.Monday));
        await excluded.CheckAsync(Scenario.Monday, Scenario.Monday);
        (await excluded.Engine.Reconciler.ReconcileAsync(new DateRange(Scenario.Monday, Scenario.Monday))).EarlierRows.Should().BeEmpty();
    }

    private static void Plays(SettlementBuilder settlement, DateOnly? from) => settlement
        .Source("plays", plays =>
        {
            plays.Table("video_play").Key("id").OccurredAt("played_at").Item("video_id").Payee("owner_id").Counts("video.view");
            if (from is { } day)
                plays.CountedFrom(day);
        })
        .Rates("video.view", r => r.Flat("v", new DateOnly(2024, 1, 1), Currency.KRW, 1m))
        .Configure(o => o.StartsOn = Scenario.Monday);
}
