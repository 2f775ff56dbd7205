namespace Settlements.Testing;

/// <summary>Contract tests of counters that start before the first close (opening counts) or after it (a new counter period).</summary>
public abstract class CounterContract
{
    private static readonly DateOnly Start = new(2024, 1, 1);

    protected abstract StoreUnderTest NewStore();

    [Fact]
    public async Task Tiers_verification_and_rebuilding_start_from_the_opening_counts()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, s => s
            .Rates("video.view", r => r.Graduated("v", Start, Currency.KRW, [(1_000, 1m), (null, 2m)]))
            .Rates("ad.view", r => r.Volume("v", Start, Currency.KRW, [(10, 5m), (null, 3m)])));
        await scenario.Engine.Counters.ImportCountersAsync(
            [("video.view", "v1", 990), ("video.view", "rests", 7), ("ad.view", "v1", 9)], "ann");
        await scenario.LoadAsync(
            Scenario.Event(1, Scenario.Monday, 20), Scenario.Event(2, Scenario.Monday, 20, "v2"), Scenario.Event(
                3, Scenario.Monday, 1, meter: "ad.view"),
            Scenario.Event(4, Scenario.Monday.AddDays(1), 1, meter: "ad.view"));

        await scenario.CloseAsync(Scenario.Monday.AddDays(1));

        (await scenario.LinesAsync()).Select(l => (l.Meter, l.ItemId, l.Price!.CounterBefore, l.Amount)).Should().Equal(
            ("ad.view", "v1", 9, 5m), ("video.view", "v1", 990, 30m), ("video.view", "v2", 0, 20m), ("ad.view", "v1", 10, 1m));
        await scenario.CheckAsync(Scenario.Monday, Scenario.Monday.AddDays(1));
        var rows = await store.ReadAsync("SELECT meter, period, item_id, quantity FROM item_counters ORDER BY 1, 2, 3");
        await scenario.Engine.Verifier.RebuildCountersAsync();
        (await store.ReadAsync("SELECT meter, period, item_id, quantity FROM item_counters ORDER BY 1, 2, 3")).Should().Equal(rows);

        await scenario.LoadAsync(Scenario.Event(5, Scenario.Monday, -30), Scenario.Event(6, Scenario.Monday, 3, "rests"));
        await scenario.CloseAsync(Scenario.Monday.AddDays(2));
        (await scenario.LinesAsync(Scenario.Monday.AddDays(2))).Select(l => (l.ItemId, l.Price!.CounterBefore, l.Amount)).Should().Equal(
            ("rests", 7, 3m), ("v1", 1_010, -40m));
        await scenario.CheckAsync(Scenario.Monday, Scenario.Monday.AddDays(2));
    }

    [Fact]
    public async Task Opening_counts_are_validated_together_and_imported_once_before_the_first_close()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        var counters = scenario.Engine.Counters;

        (await counters.Invoking(c => c.ImportCountersAsync(
            [("vv.typo", "a", 1), ("video.view", "a", -1), ("video.view", "b", 1), ("video.view", "b", 2)], "ann"))
            .Should().ThrowAsync<ArgumentException>()).WithMessage("*'vv.typo'*-1 is out of range*item 'b' has 2 counts*");
        (await store.CountAsync("SELECT count(*) FROM opening_counters")).Should().Be(0);
        (await counters.ImportCountersAsync([("video.view", "a", 1)], "ann")).Should().Be(1);
        await counters.Invoking(c => c.ImportCountersAsync([("video.view", "b", 1)], "ann"))
            .Should().ThrowAsync<InvalidOperationException>();
        (await store.CountAsync("SELECT count(*) FROM opening_counters WHERE item_id = 'a' AND quantity = 1 AND imported_by = 'ann'"))
            .Should().Be(1);

        await using var closedStore = NewStore();
        await using var closed = await Scenario.StartAsync(closedStore);
        await closed.LoadAsync(Scenario.Event(1, Scenario.Monday));
        await closed.CloseAsync(Scenario.Monday);
        await closed.Engine.Counters.Invoking(c => c.ImportCountersAsync([("video.view", "b", 1)], "ann"))
            .Should().ThrowAsync<InvalidOperationException>();
    }

    [Theory]
    [InlineData(CounterPeriod.Year, 45)]
    [InlineData(CounterPeriod.Month, 30)]
    [InlineData(CounterPeriod.Week, 20)]
    [InlineData(CounterPeriod.Day, 0)]
    public async Task A_version_with_another_counter_period_starts_with_the_usage_of_the_current_period(CounterPeriod over, long before)
    {
        // 2024-07-10 is a Wednesday.
        var first = new DateOnly(2024, 7, 10);
        void Rates(SettlementBuilder s, bool isNew) => s.Rates("video.view", r =>
        {
            r.Flat("life", Start, Currency.KRW, 1m);
            if (isNew)
                r.Flat("other", first, Currency.KRW, 2m, over);
        });
        await using var store = NewStore();
        await using (var old = await Scenario.StartAsync(store, s => Rates(s, isNew: false)))
        {
            await old.LoadAsync(
                Scenario.Event(1, new DateOnly(2024, 6, 29), 15), Scenario.Event(2, new DateOnly(2024, 7, 3), 10),
                Scenario.Event(3, new DateOnly(2024, 7, 8), 20));
            await old.CloseAsync(new DateOnly(2024, 7, 8));
        }

        await using var scenario = await Scenario.StartAsync(store, s => Rates(s, isNew: true));
        await scenario.LoadAsync(Scenario.Event(4, first, 5), Scenario.Event(5, first.AddDays(1), 1));
        await scenario.CloseAsync(first.AddDays(1));

        (await scenario.LinesAsync(first)).Select(l => (l.Price!.CounterBefore, l.Amount)).Should().Equal(
            (before, 10m), (before == 0 ? 0 : before + 5, 2m));
        await scenario.CheckAsync(new DateOnly(2024, 6, 29), first.AddDays(1));

        // Late usage of earlier periods and of the current one.
        await scenario.LoadAsync(
            Scenario.Event(6, new DateOnly(2024, 6, 29), 100), Scenario.Event(7, new DateOnly(2024, 7, 8), 1_000),
            Scenario.Event(8, first, 10_000));
        await scenario.CloseAsync(first.AddDays(2));
        (await scenario.LinesAsync(first.AddDays(2))).Select(l => (l.UsageDate, l.Amount)).Should().Equal(
            (new DateOnly(2024, 6, 29), 100m), (new DateOnly(2024, 7, 8), 1_000m), (first, 20_000m));
        await scenario.CheckAsync(new DateOnly(2024, 6, 29), first.AddDays(2));
        await scenario.Engine.Verifier.RebuildCountersAsync();
        await scenario.LoadAsync(Scenario.Event(9, first, 1), Scenario.Event(10, first.AddDays(3), 1));
        await scenario.CloseAsync(first.AddDays(3));
        await scenario.CheckAsync(new DateOnly(2024, 6, 29), first.AddDays(3));
    }
}
