using Settlements.Stores;

namespace Settlements.Testing;

/// <summary>Contract tests of exclusions: preview, approval by a second person, posting once, reinstatement.</summary>
public abstract class ExclusionContract
{
    protected abstract StoreUnderTest NewStore();

    private static DateOnly Tuesday => Scenario.Monday.AddDays(1);

    private static UsageFilter OnMonday => new(new DateRange(Scenario.Monday, Scenario.Monday));

    private static void Rates(SettlementBuilder settlement) => settlement.Rates("video.view", rates => rates.Graduated(
        "2024", new DateOnly(2024, 1, 1), Currency.KRW, [(1_000, 10m), (null, 20m)]));

    [Fact]
    public async Task Excluded_units_are_reverted_at_the_margin_of_the_counter()
    {
        await using var store = NewStore();
        await using var scenario = await ClosedMondayAsync(store);

        var preview = await scenario.Engine.Exclusions.ExcludeAsync(
            new UsageFilter(OnMonday) { EventIds = [Scenario.Id(2)] }, "bots", "ann");

        preview.Amounts.Should().Equal(new Money(-6_000, Currency.KRW));
        preview.Parts.Should().BeEquivalentTo(
            [new ExcludedUsage(Scenario.Monday, "video.view", "v1", "p1", -400, 1)], o => o.WithStrictOrdering());
        await scenario.Engine.Exclusions.ApproveAsync(preview.ExclusionId, preview.Hash, "bob");
        await scenario.CloseAsync(Tuesday);
        var line = (await scenario.LinesAsync(Tuesday, Tuesday)).Should().ContainSingle().Subject;
        (line.UsageDate, line.Quantity, line.Amount).Should().Be((Scenario.Monday, -400, -6_000m));
        (await scenario.LinesAsync()).Sum(l => l.Amount).Should().Be(8_000);
        (await scenario.Engine.Verifier.VerifyAsync(new DateRange(Scenario.Monday, Tuesday))).Differences.Should().BeEmpty();
        (await scenario.Engine.Reconciler.ReconcileAsync(new DateRange(Scenario.Monday, Tuesday))).Findings.Should().BeEmpty();
        var note = (await scenario.Engine.Lines.ExplainAsync(Tuesday, "video.view", "v1"))[0].Notes.Should().ContainSingle().Subject;
        (note.Reason, note.Reference).Should().Be(("bots", $"exclusion:{preview.ExclusionId}"));
    }

    [Fact]
    public async Task An_approval_requires_the_hash_of_the_preview_and_a_second_person()
    {
        await using var store = NewStore();
        await using var scenario = await ClosedMondayAsync(store);
        var exclusions = scenario.Engine.Exclusions;
        var preview = await exclusions.ExcludeAsync(
            new UsageFilter(OnMonday) { EventIds = [Scenario.Id(2)] }, "bots", "ann");

        await exclusions.Invoking(e => e.ApproveAsync(preview.ExclusionId, preview.Hash, "ann")).Should()
            .ThrowAsync<CorrectionRefusedException>()
            .WithMessage("*proposed by 'ann'*-6000 KRW*Another user*");
        await exclusions.Invoking(e => e.ApproveAsync(preview.ExclusionId, new string('0', 64), "bob")).Should()
            .ThrowAsync<CorrectionRefusedException>()
            .WithMessage($"*{preview.Hash}*");
        await exclusions.Invoking(e => e.ApproveAsync(preview.ExclusionId + 1, preview.Hash, "bob"))
            .Should().ThrowAsync<CorrectionRefusedException>();
        (await exclusions.WithdrawAsync(preview.ExclusionId)).Should().BeTrue();
        await exclusions.Invoking(e => e.ApproveAsync(preview.ExclusionId, preview.Hash, "bob"))
            .Should().ThrowAsync<CorrectionRefusedException>()
            .WithMessage("*withdrawn*");
        (await store.CountAsync("SELECT count(*) FROM usage_events WHERE quantity < 0")).Should().Be(0);
    }

    [Fact]
    public async Task An_approval_is_refused_if_the_matched_usage_changed_since_the_preview()
    {
        await using var store = NewStore();
        await using var scenario = await ClosedMondayAsync(store);
        var preview = await scenario.Engine.Exclusions.ExcludeAsync(new UsageFilter(OnMonday) { ItemIds = ["v1"] }, "bots", "ann");
        await scenario.LoadAsync(Scenario.Event(3, Scenario.Monday, 7));

        await scenario.Engine.Exclusions.Invoking(e => e.ApproveAsync(preview.ExclusionId, preview.Hash, "bob")).Should()
            .ThrowAsync<CorrectionRefusedException>().WithMessage("*changed since*");
    }

    [Fact]
    public async Task The_same_usage_is_not_excluded_twice_and_can_be_reinstated()
    {
        await using var store = NewStore();
        await using var scenario = await ClosedMondayAsync(store);
        var exclusions = scenario.Engine.Exclusions;
        var first = await exclusions.ExcludeAsync(
            new UsageFilter(OnMonday) { EventIds = [Scenario.Id(2)] }, "bots", "ann");
        await exclusions.ApproveAsync(first.ExclusionId, first.Hash, "bob");

        await exclusions.Invoking(e => e.ExcludeAsync(new UsageFilter(OnMonday) { ItemIds = ["v1"] }, "bots", "ann")).Should()
            .ThrowAsync<CorrectionRefusedException>().WithMessage($"*already excluded by exclusion {first.ExclusionId}*");
        await exclusions.Invoking(e => e.ApproveAsync(first.ExclusionId, first.Hash, "bob")).Should()
            .ThrowAsync<CorrectionRefusedException>()
            .WithMessage("*done*");

        var back = await exclusions.ReinstateAsync(first.ExclusionId, "no bots after all", "ann");
        await exclusions.ApproveAsync(back.ExclusionId, back.Hash, "bob");
        await exclusions.Invoking(e => e.ReinstateAsync(first.ExclusionId, "again", "ann"))
            .Should().ThrowAsync<CorrectionRefusedException>();
        await scenario.CloseAsync(Tuesday);
        (await scenario.LinesAsync()).Sum(l => l.Amount).Should().Be(14_000);
        (await scenario.Engine.Verifier.VerifyAsync(new DateRange(Scenario.Monday, Tuesday))).Differences.Should().BeEmpty();

        var again = await exclusions.ExcludeAsync(new UsageFilter(OnMonday) { EventIds = [Scenario.Id(2)] }, "bots, surely", "ann");
        await exclusions.ApproveAsync(again.ExclusionId, again.Hash, "bob");
        await scenario.CloseAsync(Tuesday.AddDays(1));
        (await scenario.LinesAsync()).Sum(l => l.Amount).Should().Be(8_000);
    }

    [Fact]
    public async Task Concurrently_approved_exclusions_revert_each_unit_once()
    {
        await using var store = NewStore();
        await using var scenario = await ClosedMondayAsync(store);
        var exclusions = scenario.Engine.Exclusions;
        var filter = new UsageFilter(OnMonday) { Meters = ["video.view"], ItemIds = ["v1"], PayeeIds = ["p1"] };
        List<Exclusion> previews = [];
        for (var i = 0; i < 4; i++)
            previews.Add(await exclusions.ExcludeAsync(i % 2 == 0 ? new UsageFilter(filter) { Quantity = 700 } : OnMonday, "bots", "ann"));

        var approvals = previews.Select(p => Task.Run(() => exclusions.ApproveAsync(p.ExclusionId, p.Hash, "bob"))).ToList();
        await Task.WhenAll(approvals.Select(a => a.ContinueWith(_ => { }, TaskScheduler.Default)));

        approvals.Where(a => a.IsFaulted).Select(a => a.Exception!.InnerException).Should().AllBeOfType<CorrectionRefusedException>();
        approvals.Count(a => a.IsCompletedSuccessfully).Should().Be(1);
        await scenario.CloseAsync(Tuesday);
        (await scenario.LinesAsync()).Sum(l => l.Quantity).Should().BeOneOf(0, 500);
        await scenario.CheckAsync(Scenario.Monday, Tuesday);
    }

    [Fact]
    public async Task A_partly_posted_exclusion_is_completed_before_another_of_its_days_is_approved()
    {
        await using var store = NewStore();
        await using var scenario = await ClosedMondayAsync(store);
        await scenario.LoadAsync(Scenario.Event(3, Tuesday, 5));
        await scenario.CloseAsync(Tuesday);
        var exclusions = scenario.Engine.Exclusions;
        var both = new UsageFilter(new DateRange(Scenario.Monday, Tuesday));
        var first = await exclusions.ExcludeAsync(both, "bots", "ann");
        var second = await exclusions.ExcludeAsync(new UsageFilter(new DateRange(Tuesday, Tuesday)), "bots", "ann");
        await store.ExecuteAsync($"UPDATE proposals SET state = 'approved', approved_by = 'bob' WHERE proposal_id = {first.ExclusionId}");

        await exclusions.Invoking(e => e.ApproveAsync(second.ExclusionId, second.Hash, "bob"))
            .Should().ThrowAsync<CorrectionRefusedException>()
            .WithMessage($"*Exclusion {first.ExclusionId} covers days of Exclusion {second.ExclusionId}*ApproveAsync({first.ExclusionId}*");

        await exclusions.ApproveAsync(first.ExclusionId, first.Hash, "bob");
        await exclusions.Invoking(e => e.ApproveAsync(second.ExclusionId, second.Hash, "bob")).Should()
            .ThrowAsync<CorrectionRefusedException>()
            .WithMessage($"*already excluded by exclusion {first.ExclusionId}*");
        await scenario.CloseAsync(Tuesday.AddDays(1));
        (await scenario.LinesAsync()).Sum(l => l.Amount).Should().Be(0);
    }

    [Fact]
    public async Task Usage_that_arrives_between_approval_and_posting_is_not_excluded()
    {
        await using var store = NewStore();
        await using var scenario = await ClosedMondayAsync(store);
        await scenario.LoadAsync(Scenario.Event(3, Tuesday, 5));
        await scenario.CloseAsync(Tuesday);
        var exclusions = scenario.Engine.Exclusions;
        var both = new UsageFilter(new DateRange(Scenario.Monday, Tuesday));
        var proposed = await exclusions.ExcludeAsync(both, "bots", "ann");
        await store.ExecuteAsync(
            $"UPDATE proposals SET state = 'approved', approved_by = 'bob' WHERE proposal_id = {proposed.ExclusionId}");
        await scenario.LoadAsync(Scenario.Event(4, Tuesday, 7));

        await exclusions.Invoking(e => e.ApproveAsync(proposed.ExclusionId, proposed.Hash, "bob"))
            .Should().ThrowAsync<CorrectionRefusedException>()
            .WithMessage($"*matches on 2024-07-02 has changed since it was approved*WithdrawAsync({proposed.ExclusionId})*");
        (await exclusions.WithdrawAsync(proposed.ExclusionId)).Should().BeTrue();
        (await exclusions.WithdrawAsync(proposed.ExclusionId)).Should().BeFalse("it is approved");
        await scenario.CloseAsync(Tuesday.AddDays(1));

        (await scenario.LinesAsync()).Where(l => l.UsageDate == Tuesday).Sum(l => l.Quantity).Should().Be(
            5 + 7, "nothing of that date was posted");
        var again = await exclusions.ExcludeAsync(new UsageFilter(new DateRange(Tuesday, Tuesday)), "bots", "ann");
        await exclusions.ApproveAsync(again.ExclusionId, again.Hash, "bob");
        await scenario.CloseAsync(Tuesday.AddDays(2));
        (await scenario.LinesAsync()).Where(l => l.UsageDate == Tuesday).Sum(l => l.Quantity).Should().Be(0);
    }

    [Fact]
    public async Task Only_one_of_two_reinstatements_of_an_exclusion_is_approved()
    {
        await using var store = NewStore();
        await using var scenario = await ClosedMondayAsync(store);
        var exclusions = scenario.Engine.Exclusions;
        var filter = new UsageFilter(OnMonday) { Meters = ["video.view"], ItemIds = ["v1"], PayeeIds = ["p1"], Quantity = 400 };
        var excluded = await exclusions.ExcludeAsync(filter, "bots", "ann");
        await exclusions.ApproveAsync(excluded.ExclusionId, excluded.Hash, "bob");
        var back = await exclusions.ReinstateAsync(excluded.ExclusionId, "no bots", "ann");

        // The proposals of two concurrent instances.
        await store.ExecuteAsync(
            "INSERT INTO proposals (kind, state, content, hash, reason, proposed_by, proposed_at) "
            + $"SELECT kind, state, content, hash, reason, proposed_by, proposed_at FROM proposals WHERE proposal_id = {back.ExclusionId}");
        await exclusions.ApproveAsync(back.ExclusionId, back.Hash, "bob");

        await exclusions.Invoking(e => e.ApproveAsync(back.ExclusionId + 1, back.Hash, "bob")).Should()
            .ThrowAsync<CorrectionRefusedException>()
            .WithMessage($"*already reinstated by Reinstatement {back.ExclusionId}*");
        await scenario.CloseAsync(Tuesday);
        (await scenario.LinesAsync()).Sum(l => l.Amount).Should().Be(14_000);
    }

    [Fact]
    public async Task An_exclusion_can_not_exceed_the_counted_quantity()
    {
        await using var store = NewStore();
        await using var scenario = await ClosedMondayAsync(store);
        var filter = new UsageFilter(OnMonday) { Meters = ["video.view"], ItemIds = ["v1"], PayeeIds = ["p1"] };

        await scenario.Engine.Exclusions.Invoking(e => e.ExcludeAsync(new UsageFilter(filter) { Quantity = 1_201 }, "bots", "ann")).Should()
            .ThrowAsync<CorrectionRefusedException>().WithMessage("*1201 units*1200 of 1200 counted units remain*");
        await scenario.Engine.Exclusions.Invoking(e => e.ExcludeAsync(
            new UsageFilter(OnMonday) { ItemIds = ["nobody's"] }, "bots", "ann")).Should()
            .ThrowAsync<CorrectionRefusedException>().WithMessage("*matches no usage*");

        var some = await scenario.Engine.Exclusions.ExcludeAsync(new UsageFilter(filter) { Quantity = 400 }, "bots", "ann");
        await scenario.Engine.Exclusions.ApproveAsync(some.ExclusionId, some.Hash, "bob");
        await scenario.CloseAsync(Tuesday);
        (await scenario.LinesAsync()).Sum(l => l.Amount).Should().Be(8_000);
    }

    [Fact]
    public async Task Excluded_rows_that_a_source_no_longer_returns_are_not_reverted_again()
    {
        await using var store = NewStore();
        await using var scenario = await DroppedAfterExclusionAsync(store);
        var days = new DateRange(Scenario.Monday, Scenario.Monday);
        var report = await scenario.Engine.Reconciler.ReconcileAsync(days, new ReconcileOptions { Decreases = FindingPolicy.Post });
        report.Findings.Should().BeEmpty();
        await scenario.CloseAsync(Tuesday);
        (await scenario.LinesAsync()).Sum(l => l.Quantity).Should().Be(8);
        (await scenario.Engine.Verifier.VerifyAsync(new DateRange(Scenario.Monday, Tuesday))).Differences.Should().BeEmpty();

        await store.ExecuteAsync("UPDATE plays SET is_bot = 1 WHERE id = 5");
        report = await scenario.Engine.Reconciler.ReconcileAsync(days, new ReconcileOptions { Decreases = FindingPolicy.Post });
        report.Findings.Should().ContainSingle().Which.Quantity.Should().Be(-1, "4 of the 5 missing rows were excluded");
    }

    [Fact]
    public async Task Rows_that_arrive_after_excluded_rows_disappeared_are_paid()
    {
        await using var store = NewStore();
        await using var scenario = await DroppedAfterExclusionAsync(store);
        var days = new DateRange(Scenario.Monday, Scenario.Monday);

        (await scenario.Engine.Reconciler.ReconcileAsync(days, new ReconcileOptions { DryRun = true })).Findings.Should().BeEmpty();
        (await scenario.Engine.Reconciler.ReconcileAsync(days)).Findings.Should().BeEmpty("the missing rows were excluded");
        await PlaysTable.InsertAsync(store, Scenario.Monday, "v1", "p1", count: 3);
        (await scenario.Engine.Reconciler.ReconcileAsync(days)).Findings.Should().ContainSingle().Which.Quantity.Should().Be(3);
        await scenario.CloseAsync(Tuesday);

        (await scenario.LinesAsync()).Sum(l => l.Quantity).Should().Be(12 - 4 + 3);
        (await scenario.Engine.Verifier.VerifyAsync(new DateRange(Scenario.Monday, Tuesday))).Differences.Should().BeEmpty();
        (await scenario.Engine.Reconciler.ReconcileAsync(days)).Findings.Should().BeEmpty();

        var others = await scenario.Engine.Exclusions.ExcludeAsync(new UsageFilter(PlaysOfV1) { Quantity = 11 }, "more bots", "ann");
        await scenario.Engine.Exclusions.ApproveAsync(others.ExclusionId, others.Hash, "bob");
        await scenario.CloseAsync(Tuesday.AddDays(1));
        (await scenario.LinesAsync()).Sum(l => l.Quantity).Should().Be(0, "no more can be excluded than is left");
    }

    private static UsageFilter PlaysOfV1 => new UsageFilter(OnMonday) { Meters = ["video.view"], ItemIds = ["v1"], PayeeIds = ["p1"] };

    /// <summary>Twelve plays of a closed day: four are excluded, then marked as bots, so that the source's filter skips them.</summary>
    private static async Task<Scenario> DroppedAfterExclusionAsync(StoreUnderTest store)
    {
        var scenario = await Scenario.StartAsync(store, settlement =>
        {
            Rates(settlement);
            PlaysTable.Use(settlement, filter: "is_bot = 0");
        });
        await PlaysTable.CreateAsync(store);
        await PlaysTable.InsertAsync(store, Scenario.Monday, "v1", "p1", count: 12);
        await scenario.CloseAsync(Scenario.Monday);
        var exclusion = await scenario.Engine.Exclusions.ExcludeAsync(new UsageFilter(PlaysOfV1) { Quantity = 4 }, "bots", "ann");
        await scenario.Engine.Exclusions.ApproveAsync(exclusion.ExclusionId, exclusion.Hash, "bob");
        await store.ExecuteAsync("UPDATE plays SET is_bot = 1 WHERE id <= 4");
        return scenario;
    }

    private static async Task<Scenario> ClosedMondayAsync(StoreUnderTest store)
    {
        var scenario = await Scenario.StartAsync(store, Rates);
        await scenario.LoadAsync(Scenario.Event(1, Scenario.Monday, 800), Scenario.Event(2, Scenario.Monday, 400));
        await scenario.CloseAsync(Scenario.Monday);
        return scenario;
    }
}
