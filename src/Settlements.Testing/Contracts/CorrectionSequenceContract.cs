namespace Settlements.Testing;

/// <summary>Contract tests of several corrections of the same usage: each one takes account of what earlier ones posted.</summary>
public abstract class CorrectionSequenceContract
{
    private static readonly DateOnly First = new(2024, 6, 1);

    private static DateOnly Monday => Scenario.Monday;

    private static DateOnly Tuesday => Scenario.Monday.AddDays(1);

    private static DateOnly Wednesday => Scenario.Monday.AddDays(2);

    private static UsageFilter OnMonday =>
        new(new DateRange(Monday, Monday)) { Meters = ["video.view"], ItemIds = ["v1"], PayeeIds = ["p1"] };

    protected abstract StoreUnderTest NewStore();

    [Fact]
    public async Task A_part_and_later_the_rest_of_a_quantity_can_be_excluded_but_not_more()
    {
        await using var store = NewStore();
        await using var scenario = await FlatAsync(store);
        await ExcludeAsync(scenario, new UsageFilter(OnMonday) { Quantity = 400 });
        await scenario.CloseAsync(Tuesday);

        await scenario.Engine.Exclusions.Invoking(e => e.ExcludeAsync(new UsageFilter(OnMonday) { Quantity = 801 }, "bots", "ann")).Should()
            .ThrowAsync<CorrectionRefusedException>().WithMessage("*800 of 1200 counted units remain*");
        await ExcludeAsync(scenario, new UsageFilter(OnMonday) { Quantity = 800 });
        await scenario.CloseAsync(Wednesday);

        (await scenario.LinesAsync()).Sum(l => l.Amount).Should().Be(0);
        await scenario.CheckAsync(Monday, Wednesday);
    }

    [Fact]
    public async Task Events_can_not_be_excluded_after_a_part_of_their_quantity()
    {
        await using var store = NewStore();
        await using var scenario = await FlatAsync(store);
        await ExcludeAsync(scenario, new UsageFilter(OnMonday) { Quantity = 400 });

        await scenario.Engine.Exclusions.Invoking(e => e.ExcludeAsync(OnMonday, "bots", "ann"))
            .Should().ThrowAsync<CorrectionRefusedException>();
        await ExcludeAsync(scenario, new UsageFilter(OnMonday) { EventIds = [Scenario.Id(1)] });
    }

    [Fact]
    public async Task A_quantity_to_exclude_does_not_include_events_already_excluded()
    {
        await using var store = NewStore();
        await using var scenario = await FlatAsync(store);
        await ExcludeAsync(scenario, new UsageFilter(OnMonday) { EventIds = [Scenario.Id(2)] });

        await scenario.Engine.Exclusions.Invoking(e => e.ExcludeAsync(new UsageFilter(OnMonday) { Quantity = 801 }, "bots", "ann")).Should()
            .ThrowAsync<CorrectionRefusedException>().WithMessage("*800 of 1200 counted units remain*");
        await scenario.CloseAsync(Tuesday);
        await scenario.Engine.Exclusions.Invoking(e => e.ExcludeAsync(new UsageFilter(OnMonday) { Quantity = 801 }, "bots", "ann")).Should()
            .ThrowAsync<CorrectionRefusedException>().WithMessage("*800 of 1200 counted units remain*");
    }

    [Fact]
    public async Task A_decrease_larger_than_the_exclusion_posts_only_the_difference()
    {
        await using var store = NewStore();
        await using var scenario = await PlaysAsync(store);
        await ExcludeAsync(scenario, new UsageFilter(OnMonday) { Quantity = 4 });
        await store.ExecuteAsync("UPDATE plays SET is_bot = 1 WHERE id <= 5");

        var report = await scenario.Engine.Reconciler.ReconcileAsync(
            new DateRange(Monday, Monday), new ReconcileOptions { Decreases = FindingPolicy.Post });
        await scenario.CloseAsync(Tuesday);

        report.Findings.Should().ContainSingle().Which.Quantity.Should().Be(-1);
        (await scenario.LinesAsync()).Sum(l => l.Quantity).Should().Be(7);
        await scenario.CheckAsync(Monday, Tuesday);
    }

    [Fact]
    public async Task Table_rows_can_be_excluded_only_after_their_day_is_published()
    {
        await using var store = NewStore();
        await using var scenario = await PlaysAsync(store);
        await PlaysTable.InsertAsync(store, Tuesday, "v1", "p1", count: 10);
        var filter = new UsageFilter(new DateRange(Tuesday, Tuesday)) { ItemIds = ["v1"] };

        await scenario.Engine.Exclusions.Invoking(e => e.ExcludeAsync(filter, "bots", "ann"))
            .Should().ThrowAsync<CorrectionRefusedException>()
            .WithMessage("*'v1'*10 units*2024-07-02*not published*");

        await scenario.CloseAsync(Tuesday);
        await ExcludeAsync(scenario, filter);
        await store.ExecuteAsync("UPDATE plays SET is_bot = 1 WHERE id > 12");
        await scenario.CloseAsync(Wednesday);
        (await scenario.LinesAsync()).Sum(l => l.Quantity).Should().Be(12);
        await scenario.CheckAsync(Monday, Wednesday);
    }

    [Fact]
    public async Task A_restatement_does_not_revert_rows_that_were_excluded_and_then_removed()
    {
        await using var store = NewStore();
        await using var scenario = await PlaysAsync(store);
        await ExcludeAsync(scenario, new UsageFilter(OnMonday) { Quantity = 4 });
        await store.ExecuteAsync("UPDATE plays SET is_bot = 1 WHERE id <= 4");
        await scenario.CloseAsync(Tuesday);

        (await scenario.Engine.Restatements.RestateAsync(new DateRange(Monday, Tuesday), "check", "ann")).EntriesCount.Should().Be(0);
        await store.ExecuteAsync("UPDATE plays SET is_bot = 1 WHERE id <= 5");
        await RestateAsync(scenario, Monday, Tuesday);
        await scenario.CloseAsync(Wednesday);
        (await scenario.LinesAsync()).Sum(l => l.Quantity).Should().Be(7);
        await scenario.CheckAsync(Monday, Wednesday);
    }

    [Fact]
    public async Task An_accepted_payee_change_keeps_the_published_payee()
    {
        await using var store = NewStore();
        await using var scenario = await FlatAsync(store);
        await store.ExecuteAsync("UPDATE usage_events SET payee_id = 'bob' WHERE quantity = 400");
        var found = (await scenario.Engine.Reconciler.ReconcileAsync(new DateRange(Monday, Monday))).Findings;
        found.Should().HaveCount(2).And.OnlyContain(f => f.Kind == FindingKind.PayeeChange);

        await scenario.Engine.Reconciler.AcceptAsync(found[0], "the old owner keeps it", "eve");

        (await scenario.Engine.Reconciler.ReconcileAsync(
            new DateRange(Monday, Monday), new ReconcileOptions { Decreases = FindingPolicy.Post }))
            .Findings.Should().BeEmpty("the move is accepted, not a half of it");
        await scenario.CloseAsync(Tuesday);
        (await scenario.LinesAsync()).Select(l => (l.PayeeId, l.Quantity)).Should().Equal(("p1", 1_200));
        await scenario.CheckAsync(Monday, Tuesday);
    }

    [Fact]
    public async Task An_approved_restatement_that_is_not_posted_yet_is_not_posted_twice()
    {
        await using var store = NewStore();
        await using (await FlatAsync(store))
        {
        }

        await using var scenario = await Scenario.StartAsync(store, s => s.Rates("video.view", r => r
            .Flat("a", First, Currency.KRW, 1m).Flat("b", First, Currency.KRW, 2m).Supersedes("a")));
        await RestateAsync(scenario, Monday, Monday);
        var again = await scenario.Engine.Restatements.RestateAsync(new DateRange(Monday, Monday), "again", "ann");
        again.EntriesCount.Should().Be(0);
        if (again.RestatementId != 0)
            await scenario.Engine.Restatements.ApproveAsync(again.RestatementId, again.Hash, "bob");
        await scenario.CloseAsync(Tuesday);

        (await scenario.LinesAsync()).Sum(l => l.Amount).Should().Be(2_400);
        await scenario.CheckAsync(Monday, Tuesday);
    }

    [Fact]
    public async Task Restating_any_range_of_a_volume_table_finds_nothing_without_changes()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(
            store, s => s.Rates("video.view", r => r.Volume("a", First, Currency.KRW, [(15, 10m), (null, 5m)])));
        await scenario.LoadAsync(Scenario.Event(1, Monday, 10), Scenario.Event(2, Tuesday, 10));
        await scenario.CloseAsync(Tuesday);
        await scenario.LoadAsync(Scenario.Event(3, Monday, -9), Scenario.Event(4, Wednesday, 8));
        await scenario.CloseAsync(Wednesday);

        (DateOnly, DateOnly)[] ranges =
            [(Monday, Monday), (Tuesday, Tuesday), (Wednesday, Wednesday), (Tuesday, Wednesday), (Monday, Wednesday)];
        foreach (var (first, last) in ranges)
        {
            (await scenario.Engine.Restatements.RestateAsync(new DateRange(first, last), "check", "ann")).Entries.Should().BeEmpty(
                $"nothing changed on {first:O} to {last:O}");
        }
    }

    [Fact]
    public async Task A_superseding_volume_table_reprices_its_own_days_and_not_earlier_ones()
    {
        await using var store = NewStore();
        await using (var before = await Scenario.StartAsync(
            store, s => s.Rates("video.view", r => r.Volume("a", First, Currency.KRW, [(15, 10m), (null, 5m)]))))
        {
            await before.LoadAsync(Scenario.Event(1, Monday, 10), Scenario.Event(2, Tuesday, 10));
            await before.CloseAsync(Tuesday);
        }

        await using var scenario = await Scenario.StartAsync(store, s => s.Rates("video.view", r => r
            .Volume("a", First, Currency.KRW, [(15, 10m), (null, 5m)])
            .Volume("b", Tuesday, Currency.KRW, [(15, 20m), (null, 8m)]).Supersedes("a")));
        await RestateAsync(scenario, Tuesday, Tuesday);
        await scenario.CloseAsync(Wednesday);

        (await scenario.LinesAsync()).Sum(l => l.Amount).Should().Be(10 * 5 + 10 * 8, "the counter reached 20 under both");
        (await scenario.Engine.Restatements.RestateAsync(new DateRange(Monday, Tuesday), "again", "ann")).EntriesCount.Should().Be(0);
        await scenario.CheckAsync(Monday, Wednesday);
    }

    [Fact]
    public async Task Restated_days_verify_clean_after_a_source_is_added()
    {
        await using var store = NewStore();
        await using (var before = await PlaysAsync(store))
        {
        }

        await using (var changed = await Scenario.StartAsync(store, s => { Flat(s); PlaysTable.Use(s, filter: "is_bot < 1"); }))
        {
            await RestateAsync(changed, Monday, Monday);
            await changed.CloseAsync(Tuesday);
            await changed.CheckAsync(Monday, Tuesday);
        }

        await using var scenario = await Scenario.StartAsync(store, s =>
        {
            Flat(s);
            PlaysTable.Use(s, filter: "is_bot < 1");
            s.Source("seconds", source => source.Table("plays").Key("id").OccurredAt("played_at", InstantFormat.UnixMicroseconds)
                .Item("video_id").Payee("owner_id").Counts("video.seconds"));
        });
        await scenario.CheckAsync(Monday, Tuesday);
    }

    [Fact]
    public async Task A_single_event_of_1999_publishes_no_empty_days()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(
            store, s => s.Rates("video.view", r => r.Flat("a", new DateOnly(1990, 1, 1), Currency.KRW, 1m)));
        await scenario.LoadAsync(Scenario.Event(1, new DateOnly(1999, 1, 1)));
        using var cancel = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await scenario.Engine.Days.Invoking(d => d.CloseThroughAsync(Monday, null, cancel.Token))
            .Should().ThrowAsync<CloseRefusedException>();
        await scenario.LoadAsync(Scenario.Event(2, new DateOnly(1999, 1, 3)), Scenario.Event(3, Monday));
        await scenario.Engine.Days.Invoking(d => d.CloseThroughAsync(Monday, null, cancel.Token))
            .Should().ThrowAsync<CloseRefusedException>();
    }

    private static void Flat(SettlementBuilder settlement) => settlement.Rates("video.view", r => r.Flat("a", First, Currency.KRW, 1m));

    private static async Task<Scenario> FlatAsync(StoreUnderTest store)
    {
        var scenario = await Scenario.StartAsync(store, Flat);
        await scenario.LoadAsync(Scenario.Event(1, Monday, 800), Scenario.Event(2, Monday, 400));
        await scenario.CloseAsync(Monday);
        return scenario;
    }

    private static async Task<Scenario> PlaysAsync(StoreUnderTest store)
    {
        var scenario = await Scenario.StartAsync(store, s => { Flat(s); PlaysTable.Use(s, filter: "is_bot = 0"); });
        await PlaysTable.CreateAsync(store);
        await PlaysTable.InsertAsync(store, Monday, "v1", "p1", count: 12);
        await scenario.CloseAsync(Monday);
        return scenario;
    }

    private static async Task ExcludeAsync(Scenario scenario, UsageFilter filter)
    {
        var preview = await scenario.Engine.Exclusions.ExcludeAsync(filter, "bots", "ann");
        await scenario.Engine.Exclusions.ApproveAsync(preview.ExclusionId, preview.Hash, "bob");
    }

    private static async Task RestateAsync(Scenario scenario, DateOnly first, DateOnly last)
    {
        var preview = await scenario.Engine.Restatements.RestateAsync(new DateRange(first, last), "wrong", "ann");
        await scenario.Engine.Restatements.ApproveAsync(preview.RestatementId, preview.Hash, "bob");
    }
}
