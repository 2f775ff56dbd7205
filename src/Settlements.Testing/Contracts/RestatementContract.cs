namespace Settlements.Testing;

/// <summary>Contract tests of restatements: differences to published lines, posted once, each naming the line it corrects.</summary>
public abstract class RestatementContract
{
    private static readonly DateOnly First = new(2024, 6, 1);

    protected abstract StoreUnderTest NewStore();

    private static DateOnly Tuesday => Scenario.Monday.AddDays(1);

    private static DateRange OnMonday => new(Scenario.Monday, Scenario.Monday);

    [Theory]
    [InlineData(Rounding.Truncating)]
    [InlineData(Rounding.Cumulative)]
    public async Task A_changed_price_posts_the_new_amount_minus_the_old(Rounding rounding)
    {
        await using var store = NewStore();
        await using (var before = await Scenario.StartAsync(
            store, s => s.Rates("video.view", r => r.Round(rounding).Flat("a", First, Currency.KRW, 1.5m))))
        {
            await before.LoadAsync(Scenario.Event(1, Scenario.Monday));
            await before.CloseAsync(Scenario.Monday);
        }

        await using var scenario = await Scenario.StartAsync(store, s => s.Rates("video.view", r => r.Round(rounding)
            .Flat("a", First, Currency.KRW, 1.5m).Flat("b", First, Currency.KRW, 2.2m).Supersedes("a")));
        var preview = await scenario.Engine.Restatements.RestateAsync(OnMonday, "the contract says 2.2", "ann");
        preview.Amounts.Should().Equal(new Money(1, Currency.KRW));
        await scenario.Engine.Restatements.ApproveAsync(preview.RestatementId, preview.Hash, "bob");
        await scenario.CloseAsync(Tuesday);

        var line = (await scenario.LinesAsync(Tuesday, Tuesday)).Should().ContainSingle().Subject;
        (line.Kind, line.UsageDate, line.Quantity, line.Amount).Should().Be((LineKind.Restatement, Scenario.Monday, 0, 1m));
        line.Restates.Should().Be(new RestatedLine(Scenario.Monday, LineKind.Usage));
        line.Price!.RateVersion.Should().Be("b");
        await ShouldBeCleanAsync(scenario);
        (await scenario.Engine.Restatements.RestateAsync(OnMonday, "again", "ann")).EntriesCount.Should().Be(0, "a repeat finds nothing");
    }

    [Fact]
    public async Task A_superseding_version_prices_late_usage_after_its_days_are_restated()
    {
        await using var store = NewStore();
        await using (var before = await Scenario.StartAsync(store, s => s.Rates("video.view", r => r.Flat("a", First, Currency.KRW, 1m))))
        {
            await before.LoadAsync(Scenario.Event(1, Scenario.Monday, 10));
            await before.CloseAsync(Scenario.Monday);
        }

        await using var scenario = await Scenario.StartAsync(store, s => s.Rates("video.view", r => r
            .Flat("a", First, Currency.KRW, 1m).Flat("b", First, Currency.KRW, 2m).Supersedes("a")));
        await scenario.LoadAsync(Scenario.Event(2, Scenario.Monday), Scenario.Event(3, Tuesday));
        await scenario.CloseAsync(Tuesday);
        var restatement = await scenario.Engine.Restatements.RestateAsync(OnMonday, "wrong", "ann");
        await scenario.Engine.Restatements.ApproveAsync(restatement.RestatementId, restatement.Hash, "bob");
        await scenario.LoadAsync(Scenario.Event(4, Scenario.Monday));
        await scenario.CloseAsync(Tuesday.AddDays(1));

        (await scenario.LinesAsync(Tuesday, Tuesday)).Select(l => (l.UsageDate, l.Amount))
            .Should().Equal((Scenario.Monday, 1m), (Tuesday, 2m));
        (await scenario.LinesAsync(Tuesday.AddDays(1), Tuesday.AddDays(1))).Select(l => (l.Kind, l.Restates?.ToString(), l.Amount))
            .Should().Equal(
            (LineKind.Restatement, "2024-07-01/usage", 10m), (LineKind.Restatement, "2024-07-02/usage", 1m), (LineKind.Usage, null, 2m));
        await ShouldBeCleanAsync(scenario);
    }

    [Fact]
    public async Task A_changed_quantity_is_posted_as_late_usage_and_later_lines_stay_unchanged()
    {
        await using var store = NewStore();
        static void Rates(SettlementBuilder s) =>
            s.Rates("video.view", r => r.Graduated("a", First, Currency.KRW, [(1_000, 1m), (null, 2m)]));
        await using (var before = await Scenario.StartAsync(store, s => { Rates(s); Source(s, "quantity"); }))
        {
            await store.ExecuteAsync(
                "CREATE TABLE sums (id BIGINT NOT NULL PRIMARY KEY, at BIGINT NOT NULL, item VARCHAR(64) NOT NULL, "
                + "quantity BIGINT NOT NULL, "
                + "right_quantity BIGINT NOT NULL)");
            for (var i = 0; i < 3; i++)
            {
                var at = UnixMicroseconds.From(Scenario.Instant(Scenario.Monday.AddDays(i), 12));
                await store.ExecuteAsync($"INSERT INTO sums VALUES ({i + 1}, {at}, 'v1', 500, {(i == 0 ? 1_000 : 500)})");
            }

            await before.CloseAsync(Scenario.Monday.AddDays(2));
        }

        await using var scenario = await Scenario.StartAsync(store, s => { Rates(s); Source(s, "right_quantity"); });
        await scenario.Engine.Reconciler.Invoking(r => r.ReconcileAsync(OnMonday)).Should().ThrowAsync<CloseRefusedException>()
            .WithMessage("*source 'sums'*Restate the day*");
        var preview = await scenario.Engine.Restatements.RestateAsync(
            new DateRange(Scenario.Monday, Scenario.Monday.AddDays(2)), "the wrong column", "ann");
        preview.Amounts.Should().Equal(new Money(1_000, Currency.KRW));
        await scenario.Engine.Restatements.ApproveAsync(preview.RestatementId, preview.Hash, "bob");
        await scenario.CloseAsync(Scenario.Monday.AddDays(3));

        var line = (await scenario.LinesAsync(Scenario.Monday.AddDays(3), Scenario.Monday.AddDays(3))).Should().ContainSingle().Subject;
        (line.Kind, line.UsageDate, line.Quantity, line.Amount, line.Restates?.ToString())
            .Should().Be((LineKind.Restatement, Scenario.Monday, 500, 1_000m, "2024-07-01/usage"));
        await ShouldBeCleanAsync(scenario, days: 4);
    }

    [Fact]
    public async Task Changed_usage_that_no_version_covers_does_not_prevent_the_restatement_of_other_usage()
    {
        await using var store = NewStore();
        static void Rates(SettlementBuilder s) => s.StartsOn(Scenario.Monday)
            .Rates("video.view", r => r.Flat("a", Tuesday, Currency.KRW, 2m));
        await using (var before = await Scenario.StartAsync(store, s => { Rates(s); Source(s, "quantity"); }))
        {
            await store.ExecuteAsync(
                "CREATE TABLE sums (id BIGINT NOT NULL PRIMARY KEY, at BIGINT NOT NULL, item VARCHAR(64) NOT NULL, "
                + "quantity BIGINT NOT NULL, right_quantity BIGINT NOT NULL)");
            var (monday, tuesday) = (Microseconds(Scenario.Monday), Microseconds(Tuesday));
            await store.ExecuteAsync($"INSERT INTO sums VALUES (1, {monday}, 'v1', 3, 5), (2, {tuesday}, 'v1', 10, 14)");
            await before.CloseAsync(Tuesday);
        }

        await using var scenario = await Scenario.StartAsync(store, s => { Rates(s); Source(s, "right_quantity"); });
        var preview = await scenario.Engine.Restatements.RestateAsync(
            new DateRange(Scenario.Monday, Tuesday), "the wrong column", "ann");

        preview.Entries.Select(e => (e.UsageDate, e.Quantity)).Should().Equal((Tuesday, 4));
        preview.Amounts.Should().Equal(new Money(8, Currency.KRW));
        await scenario.Engine.Restatements.ApproveAsync(preview.RestatementId, preview.Hash, "bob");
        await scenario.CloseAsync(Tuesday.AddDays(1));
        (await scenario.LinesAsync()).Sum(l => l.Amount).Should().Be(28);
        (await scenario.Engine.Reconciler.ReconcileAsync(new DateRange(Scenario.Monday, Tuesday))).Findings
            .Should().ContainSingle().Which.Quantity.Should().Be(2);

        static long Microseconds(DateOnly day) => UnixMicroseconds.From(Scenario.Instant(day, 12));
    }

    private static void Source(SettlementBuilder s, string column) => s.Source("sums", source => source.Table("sums").Key("id")
        .OccurredAt("at", InstantFormat.UnixMicroseconds).Item("item").Payee("item").Sums("video.view", column));

    [Fact]
    public async Task Units_of_a_volume_table_are_restated_per_payee()
    {
        await using var store = NewStore();
        await using (var before = await Scenario.StartAsync(
            store, s => s.Rates("video.view", r => r.Volume("a", First, Currency.KRW, [(15, 10m), (null, 5m)]))))
        {
            await before.LoadAsync(Scenario.Event(1, Scenario.Monday, 15, payee: "ann"), Scenario.Event(2, Tuesday, 1, payee: "bob"));
            await before.CloseAsync(Tuesday);
            (await before.LinesAsync()).Sum(l => l.Amount).Should().Be(80);
        }

        await using var scenario = await Scenario.StartAsync(store, s => s.Rates("video.view", r => r
            .Volume("a", First, Currency.KRW, [(15, 10m), (null, 5m)])
            .Volume("b", First, Currency.KRW, [(15, 20m), (null, 8m)]).Supersedes("a")));
        var days = new DateRange(Scenario.Monday, Tuesday);
        var preview = await scenario.Engine.Restatements.RestateAsync(days, "wrong", "ann");
        preview.Amounts.Should().Equal(new Money(16 * 8 - 80, Currency.KRW));
        await scenario.Engine.Restatements.ApproveAsync(preview.RestatementId, preview.Hash, "bob");
        await scenario.CloseAsync(Tuesday.AddDays(1));

        (await scenario.LinesAsync()).GroupBy(l => l.PayeeId).Select(p => (p.Key, p.Sum(l => l.Amount))).Should().BeEquivalentTo(
            [("ann", 120m), ("bob", 8m)]);
        await ShouldBeCleanAsync(scenario, days: 3);
        await scenario.LoadAsync(Scenario.Event(3, Tuesday, -1, payee: "bob"));
        await scenario.CloseAsync(Tuesday.AddDays(2));
        (await scenario.LinesAsync()).GroupBy(l => l.PayeeId).Select(p => (p.Key, p.Sum(l => l.Amount))).Should().BeEquivalentTo(
            [("ann", 300m), ("bob", 0m)]);
        await ShouldBeCleanAsync(scenario, days: 4);
    }

    [Fact]
    public async Task A_changed_row_is_restated_in_quantity_and_price()
    {
        await using var store = NewStore();
        await using (var before = await Scenario.StartAsync(store, s => s.Rates("video.view", r => r.Flat("a", First, Currency.KRW, 1m))))
        {
            await before.LoadAsync(Scenario.Event(1, Scenario.Monday, 10));
            await before.CloseAsync(Scenario.Monday);
        }

        await store.ExecuteAsync("UPDATE usage_events SET quantity = 11");
        await using var scenario = await Scenario.StartAsync(store, s => s.Rates("video.view", r => r
            .Flat("a", First, Currency.KRW, 1m).Flat("b", First, Currency.KRW, 2m).Supersedes("a")));
        var preview = await scenario.Engine.Restatements.RestateAsync(OnMonday, "wrong", "ann");
        preview.Entries.Should().ContainSingle().Which.Quantity.Should().Be(1);
        preview.Amounts.Should().Equal(new Money(12, Currency.KRW));
    }

    [Fact]
    public async Task An_unusual_day_is_priced_and_published_only_after_approval()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, s =>
        {
            s.Rates("video.view", r => r.Flat("a", First, Currency.KRW, 1m));
            s.Configure(o => o.Corrections.AnomalyPercentMax = 50);
        });
        await scenario.LoadAsync(
            Scenario.Event(1, Scenario.Monday, 100), Scenario.Event(2, Tuesday, 140), Scenario.Event(3, Tuesday.AddDays(1), 1_000));
        await scenario.CloseAsync(Tuesday);
        var wednesday = Tuesday.AddDays(1);

        var refused = (await scenario.Invoking(s => s.CloseAsync(wednesday)).Should().ThrowAsync<DayNeedsApprovalException>()
            .WithMessage("*2024-07-03*1000 KRW*120*50 %*")).Which;
        (await scenario.LinesAsync(wednesday, wednesday)).Should().BeEmpty();
        await scenario.Invoking(s => s.CloseAsync(wednesday)).Should().ThrowAsync<DayNeedsApprovalException>();
        var waiting = (await scenario.Engine.Days.ListAwaitingApprovalAsync()).Should().ContainSingle().Subject;
        waiting.Hash.Should().Be(refused.Proposal.Hash);
        await scenario.Engine.Days.Invoking(d => d.ApproveDayAsync("0", "bob")).Should().ThrowAsync<CorrectionRefusedException>();
        await scenario.Engine.Days.ApproveDayAsync(waiting.Hash, "bob");
        await scenario.CloseAsync(wednesday);

        (await scenario.LinesAsync(wednesday, wednesday)).Should().ContainSingle().Which.Amount.Should().Be(1_000);
    }

    private static async Task ShouldBeCleanAsync(Scenario scenario, int days = 2)
    {
        var range = new DateRange(Scenario.Monday, Scenario.Monday.AddDays(days - 1));
        (await scenario.Engine.Verifier.VerifyAsync(range)).Differences.Should().BeEmpty();
        (await scenario.Engine.Reconciler.ReconcileAsync(range)).Findings.Should().BeEmpty();
    }
}
