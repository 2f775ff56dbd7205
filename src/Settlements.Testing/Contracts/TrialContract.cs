namespace Settlements.Testing;

/// <summary>Contract tests of trials: figures, gate, fingerprint, approval, and what is refused.</summary>
public abstract partial class TrialContract
{
    private static readonly DateOnly Start = new(2024, 1, 1);

    private static readonly TrialGate FivePercent = new() { TotalPercentMax = 5, PayeePercentMax = 5, PayeeAmountMin = 100_000 };

    private static DateOnly Monday => Scenario.Monday;

    private static DateOnly Tuesday => Monday.AddDays(1);

    private static DateRange OnMonday => new(Monday, Monday);

    private static DateRange OnTuesday => new(Tuesday, Tuesday);

    /// <summary>550,000 views cost 99,999 + 400,000 × 1.2 + 50,001 × 1.76 = 668,000.76.</summary>
    private static RateTable Dearer => RateTable.Graduated((99_999, 1m), (499_999, 1.2m), (null, 1.76m));

    protected abstract StoreUnderTest NewStore();

    [Theory]
    [InlineData(1)]
    [InlineData(200_000)]
    public async Task A_gate_of_5_percent_refuses_668000_instead_of_605000_and_names_the_payee(int lines)
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store, lines: lines);
        await scenario.LoadAsync(
            Scenario.Event(1, Monday, 550_000, payee: "ann"), Scenario.Event(2, Monday, 90_000, "v2", "bob"),
            Scenario.Event(3, Monday, 60, "v3", "bob", "video.seconds"));
        await scenario.CloseAsync(Monday);
        var before = await scenario.DumpAsync();
        var progress = new List<(int, int)>();

        var report = await scenario.Engine.Trials.CompareAsync(
            TrialCandidate.OfVersion("video.view", "payee:ann", Dearer), OnMonday, FivePercent,
            new InlineProgress<TrialProgress>(p => progress.Add((p.ChunksDone, p.Chunks))));

        report.Passes.Should().BeFalse();
        report.Violations.Should().Equal(
            "The total in KRW changes from 695000 KRW to 758000 KRW (+9.06 %), more than the limit of 5 %.",
            "Payee 'ann' changes from 605000 KRW to 668000 KRW (+10.41 %), more than the limit of 5 %.");
        var total = report.Totals.Should().ContainSingle().Subject;
        (total.Before, total.After, total.Difference, total.Percent).Should().Be((695_000m, 758_000m, 63_000m, 9.06m));
        total.Payees.Select(p => (p.PayeeId, p.Before, p.After, p.Percent)).Should().Equal(
            ("ann", 605_000m, 668_000m, 10.41m), ("bob", 90_000m, 90_000m, 0m));
        total.MostAffected.Should().ContainSingle().Which.PayeeId.Should().Be("ann");
        (total.MedianPercent, total.Percentile95, total.NewPayees).Should().Be((0m, 10.41m, 0));
        progress.Should().Equal(lines == 1 ? [(1, 3), (2, 3), (3, 3)] : [(1, 1)]);
        (await scenario.DumpAsync()).Should().Be(before, "a trial publishes nothing");
        (await store.CountAsync("SELECT count(*) FROM proposals")).Should().Be(0);
        await scenario.CheckAsync(Monday, Monday);
    }

    [Fact]
    public async Task A_gate_compares_the_total_and_each_payee_above_the_amount()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store);
        await scenario.LoadAsync(
            Scenario.Event(1, Monday, 1_000, "a", "ann"), Scenario.Event(2, Monday, 100, "b", "bob"),
            Scenario.Event(3, Monday, 99, "c", "cat"));
        await scenario.CloseAsync(Monday);

        // 1,199 become 1,398.
        await ShouldAsync(new TrialGate { TotalPercentMax = 16.6m });
        await ShouldAsync(new TrialGate { TotalPercentMax = 16.59m }, "The total in KRW");
        await ShouldAsync(new TrialGate { PayeePercentMax = 100 });
        await ShouldAsync(new TrialGate { PayeePercentMax = 99, PayeeAmountMin = 99 }, "Payee 'bob'");
        await ShouldAsync(new TrialGate { PayeePercentMax = 99, PayeeAmountMin = 98.5m }, "Payee 'bob'", "Payee 'cat'");
        await ShouldAsync(new TrialGate { PayeePercentMax = 99, PayeeAmountMin = 100 });
        await scenario.Engine.Trials.Invoking(t => t.CompareAsync(
                TrialCandidate.OfVersion("video.view", "", Dearer), OnMonday, new TrialGate { PayeePercentMax = -1, PayeeAmountMin = -2 }))
            .Should().ThrowAsync<ArgumentException>().WithMessage("*PayeePercentMax is -1*PayeeAmountMin is -2*");

        async Task ShouldAsync(TrialGate gate, params string[] violations)
        {
            var report = await scenario.Engine.Trials.CompareAsync(
                TrialCandidate.Of(MeterRates.Build("video.view", r => r.Flat("n", Start, Currency.KRW, 1m)
                    .ForPayee("bob", o => o.Flat("n", Start, Currency.KRW, 2m))
                    .ForPayee("cat", o => o.Flat("n", Start, Currency.KRW, 2m)))), OnMonday, gate);
            report.Violations.Select(v => v[..v.IndexOf(" changes", StringComparison.Ordinal)]).Should().Equal(violations);
            report.Passes.Should().Be(violations.Length == 0);
        }
    }

    [Fact]
    public async Task Usage_before_the_days_counts_with_its_real_price_for_another_counter_period_too()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store);
        await scenario.Engine.Counters.ImportCountersAsync([("video.view", "v1", 99_000)], "ann");
        await scenario.LoadAsync(Scenario.Event(1, Monday.AddDays(-1), 500), Scenario.Event(2, Monday, 400));
        await scenario.CloseAsync(Monday);

        // A late unit of June is posted on Tuesday. The lifetime counter is 99,900 then.
        await scenario.LoadAsync(Scenario.Event(3, Tuesday, 200), Scenario.Event(4, Monday.AddDays(-1), 1));
        await scenario.CloseAsync(Tuesday);

        (await AfterAsync(RateTable.Graduated((99_999, 1m), (null, 2m)))).Should().Be(1 + 98 + (2 * 102), "the lifetime counts");
        (await AfterAsync(RateTable.Graduated((450, 1m), (null, 2m)).Over(CounterPeriod.Month))).Should().Be(1 + 50 + (2 * 150),
            "400 units of July count, and the late unit of June has its real price");
        (await AfterAsync(RateTable.Graduated((150, 1m), (null, 2m)).Over(CounterPeriod.Day))).Should().Be(1 + 150 + (2 * 50));

        async Task<decimal> AfterAsync(RateTable table) => (await scenario.Engine.Trials.CompareAsync(
            TrialCandidate.OfVersion("video.view", "", table), OnTuesday)).Totals.Single().After;
    }

    [Fact]
    public async Task A_version_is_in_force_on_all_days_although_others_start_within_them()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store, s => s.Rates("video.view", r => r
            .Flat("1", Start, Currency.KRW, 1m).Flat("2", Tuesday, Currency.KRW, 2m).Flat("2b", Tuesday, Currency.KRW, 3m).Supersedes("2")
            .ForPayee("bob", o => o.Flat("own", Start, Currency.KRW, 5m))));
        await scenario.LoadAsync(
            Scenario.Event(1, Monday, 10, payee: "ann"), Scenario.Event(2, Tuesday, 10, payee: "ann"),
            Scenario.Event(3, Tuesday, 10, payee: "bob"));
        await scenario.CloseAsync(Tuesday);

        (await AfterAsync("", new DateRange(Monday, Tuesday))).Should().Equal(("ann", 10 + 30, 140), ("bob", 50, 50));
        (await AfterAsync("payee:bob", new DateRange(Monday, Tuesday))).Should().Equal(("ann", 40, 40), ("bob", 50, 70));
        (await AfterAsync("item:v1", OnTuesday)).Should().Equal(("ann", 30, 70), ("bob", 50, 70));

        async Task<IEnumerable<(string, decimal, decimal)>> AfterAsync(string scope, DateRange days) => (await scenario.Engine.Trials
            .CompareAsync(TrialCandidate.OfVersion("video.view", scope, RateTable.Flat(7m)), days)).Totals.Single().Payees
            .Select(p => (p.PayeeId, p.Before, p.After));
    }

    [Fact]
    public async Task A_restated_price_has_no_counterpart_within_the_days_and_remains_for_earlier_lines()
    {
        await using var store = NewStore();
        await using (var before = await StartAsync(store, s => s.Rates("video.view", r => r.Flat("a", Start, Currency.KRW, 1m))))
        {
            await before.LoadAsync(Scenario.Event(1, Monday, 100, payee: "ann"), Scenario.Event(2, Monday, 10, payee: "bob"));
            await before.CloseAsync(Monday);
        }

        await using var scenario = await StartAsync(store, s => s.Rates("video.view", r => r.Flat("a", Start, Currency.KRW, 1m)
            .Flat("b", Start, Currency.KRW, 3m).Supersedes("a")));
        var restatement = await scenario.Engine.Restatements.RestateAsync(OnMonday, "wrong", "ann");
        await scenario.Engine.Restatements.ApproveAsync(restatement.RestatementId, restatement.Hash, "bob");
        await scenario.CloseAsync(Tuesday);

        // 100 + 200 were paid to ann, in all; her own contract says 4.
        (await AfterAsync("ann", new DateRange(Monday, Tuesday))).Should().Equal(("ann", 300, 400), ("bob", 30, 30));
        (await AfterAsync("ann", OnMonday)).Should().Equal(("ann", 100, 400), ("bob", 10, 30));
        (await AfterAsync("ann", OnTuesday)).Should().Equal(("ann", 200, 200), ("bob", 20, 20));
        var other = TrialCandidate.Of(MeterRates.Build("video.view", r => r.Flat("c", Start, Currency.KRW, 4m)));
        (await scenario.Engine.Trials.CompareAsync(other, OnTuesday)).Totals.Single().After.Should().Be(220, "the earlier lines remain");
        (await scenario.Engine.Trials.CompareAsync(other, OnMonday)).Totals.Single().After.Should().Be(440);
        await TrialHistoryContract.ShouldDifferByNothingAsync(scenario, OnMonday);
        await TrialHistoryContract.ShouldDifferByNothingAsync(scenario, OnTuesday);

        async Task<IEnumerable<(string, decimal, decimal)>> AfterAsync(string payee, DateRange days) => (await scenario.Engine.Trials
            .CompareAsync(TrialCandidate.OfVersion("video.view", "payee:" + payee, RateTable.Flat(4m)), days)).Totals.Single().Payees
            .Select(p => (p.PayeeId, p.Before, p.After));
    }

    [Fact]
    public async Task Payees_who_were_paid_nothing_are_new_and_not_in_the_percentiles()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store, s => s.Rates("video.view", r => r.Flat("a", Start, Currency.KRW, 1m)));
        await scenario.LoadAsync(
        [
            .. Enumerable.Range(1, 20).Select(i => Scenario.Event(i, Monday, 100, $"v{i}", $"p{i:00}")),
            Scenario.Event(21, Monday, 30, "s", "new", "video.seconds"),
        ]);
        await scenario.CloseAsync(Monday);

        var report = await scenario.Engine.Trials.CompareAsync(
            TrialCandidate.Of(
                MeterRates.Build("video.view", r =>
                {
                    r.Flat("a", Start, Currency.KRW, 1m);
                    foreach (var i in Enumerable.Range(1, 20))
                        r.ForItem($"v{i}", o => o.Flat("n", Start, Currency.KRW, 1m + (i * 0.01m)));
                }),
                MeterRates.Build("video.seconds", r => r.Flat("n", Start, Currency.KRW, 1m))), OnMonday,
            new TrialGate { PayeePercentMax = 100 });

        // Nearest ranks of 20: 10 and 19.
        var total = report.Totals.Single();
        (total.MedianPercent, total.Percentile95, total.NewPayees).Should().Be((10m, 19m, 1));
        total.MostAffected.Select(p => p.PayeeId).Should().Equal(
            "new", "p20", "p19", "p18", "p17", "p16", "p15", "p14", "p13", "p12");
        total.Payees[0].Percent.Should().BeNull("nothing was paid before");
        report.Passes.Should().BeTrue();
    }

    [Fact]
    public async Task Days_have_to_be_published_and_meters_to_be_known()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store);
        var candidate = TrialCandidate.OfVersion("video.view", "", RateTable.Flat(2m));
        await scenario.Engine.Trials.Invoking(t => t.CompareAsync(candidate, OnMonday)).Should().ThrowAsync<CloseRefusedException>()
            .WithMessage("No day is published*");
        await scenario.LoadAsync(Scenario.Event(1, Monday, 100, payee: "ann"));
        await scenario.CloseAsync(Monday);

        await scenario.Engine.Trials.Invoking(t => t.CompareAsync(candidate, new DateRange(Monday, Tuesday))).Should()
            .ThrowAsync<CloseRefusedException>().WithMessage("*2024-07-01..2024-07-02 is not within 2024-07-01..2024-07-01*");
        await scenario.Engine.Trials.Invoking(t => t.CompareAsync(candidate, new DateRange(Monday.AddDays(-1), Monday))).Should()
            .ThrowAsync<CloseRefusedException>();
        await scenario.Engine.Trials.Invoking(t => t.CompareAsync(
                TrialCandidate.Of(MeterRates.Build("video.views", r => r.Flat("n", Start, Currency.KRW, 1m))), OnMonday)).Should()
            .ThrowAsync<ArgumentException>().WithMessage("*meter 'video.views'*");
    }

    [Fact]
    public async Task Usage_that_the_candidate_can_not_price_is_named_and_never_passes()
    {
        await using var store = NewStore();
        await using var scenario = await ClosedAsync(store);

        var report = await scenario.Engine.Trials.CompareAsync(
            TrialCandidate.Of(MeterRates.Build("video.view", r => r.Flat("n", Tuesday, Currency.KRW, 1m))), OnMonday);

        report.Passes.Should().BeFalse();
        report.NotPricedCount.Should().Be(1);
        report.NotPriced.Should().ContainSingle().Which.Should().Contain("its first version starts on 2024-07-02");
        report.Violations.Should().SatisfyRespectively(
            v => v.Should().StartWith("The candidate can't price 1 sums of published usage"),
            v => v.Should().StartWith("Rate table 'video.view' n from 2024-07-02 priced no line on 2024-07-01..2024-07-01"));
        report.Totals.Single().After.Should().Be(0);
    }

    [Fact]
    public async Task A_candidate_in_another_currency_is_reported_in_both()
    {
        await using var store = NewStore();
        await using var scenario = await ClosedAsync(store);

        var report = await scenario.Engine.Trials.CompareAsync(
            TrialCandidate.OfVersion("video.view", "", RateTable.Flat(0.125m), Currency.USD), OnMonday,
            new TrialGate { TotalPercentMax = 100 });

        report.Totals.Select(t => (t.Currency.Code, t.Before, t.After, t.Percent, t.NewPayees)).Should().Equal(
            ("KRW", 100m, 0m, -100m, 0), ("USD", 0m, 12.50m, null, 1));
        report.Violations.Should().Equal(
            "The total in USD changes from 0.00 USD to 12.50 USD (nothing was paid before), more than the limit of 100 %.");
    }

    private static async Task<Scenario> ClosedAsync(StoreUnderTest store, Action<SettlementBuilder>? configure = null)
    {
        var scenario = await StartAsync(store, configure);
        await scenario.LoadAsync(Scenario.Event(1, Monday, 100, payee: "ann"));
        await scenario.CloseAsync(Monday);
        return scenario;
    }

    private static Task<Scenario> StartAsync(StoreUnderTest store, Action<SettlementBuilder>? configure = null, int lines = 200_000) =>
        Scenario.StartAsync(store, s =>
        {
            configure?.Invoke(s);
            s.Configure(o =>
            {
                o.PartialsPerItemRange = lines;
                if (!o.Rates.ContainsKey("video.view"))
                    o.Rates.Add("video.view", Usual);
            });
        });

    private static MeterRates Usual => MeterRates.Build("video.view", r => r.Graduated(
        "2024-01", Start, Currency.KRW, [(99_999, 1m), (499_999, 1.1m), (999_999, 1.3m), (null, 1.5m)]));
}
