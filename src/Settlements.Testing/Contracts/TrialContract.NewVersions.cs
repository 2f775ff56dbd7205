namespace Settlements.Testing;

// New versions that price no line were not tried.
public abstract partial class TrialContract
{
    [Theory]
    [InlineData(1)]
    [InlineData(200_000)]
    public async Task A_version_that_priced_no_line_does_not_pass_and_is_not_approved_by_the_trial(int lines)
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store, RequiringTrials, lines);
        await scenario.LoadAsync(Scenario.Event(1, Monday, 60_500, payee: "ann"), Scenario.Event(2, Monday, 10, "v2", "bob"));
        await scenario.CloseAsync(Monday);
        var candidate = TrialCandidate.Of(MeterRates.Build("video.view", r => r
            .Flat("a", Start, Currency.KRW, 5m).Flat("2025", new DateOnly(2025, 1, 1), Currency.KRW, 500m)
            .ForPayee("bob", o => o.Flat("bob", Start, Currency.KRW, 5m))
            .ForItem("none", o => o.Flat("none", Start, Currency.KRW, 700m))));

        var report = await scenario.Engine.Trials.CompareAsync(candidate, OnMonday, FivePercent);

        report.NewVersions.Select(v => (v.Meter, v.Version.Scope, v.Version.Version, v.Lines)).Should().Equal(
            ("video.view", "", "2025", 0), ("video.view", "item:none", "none", 0), ("video.view", "payee:bob", "bob", 1));
        (report.Totals[0].Before, report.Totals[0].After, report.Passes, report.ViolationsCount).Should().Be(
            (302_550m, 302_550m, false, 2));
        report.Violations.Should().SatisfyRespectively(
            v => v.Should().Be(
                "Rate table 'video.view' 2025 from 2025-01-01 priced no line on 2024-07-01..2024-07-01, so that it was not tried. Try days "
                + "on which it has usage; try it alone, with TrialCandidate.OfVersion, or OfProposal (--proposal), by which it is in "
                + "force from the first day of the trial on; or remove it from the candidate."),
            v => v.Should().StartWith("Rate table 'video.view' item:none none from 2024-01-01 priced no line"));
        await scenario.Engine.Trials.Invoking(t => t.ProposeAsync(report, "contract", "ann")).Should()
            .ThrowAsync<CorrectionRefusedException>().WithMessage("*2 violations*2025 from 2025-01-01 priced no line*");

        // The amounts were accepted, and not the versions without usage.
        await ApproveAsync(scenario, await scenario.Engine.Trials.ProposeAsync(report, "agreed", "ann", overrideGate: true));
        await ApproveAsync(scenario, await ProposeAsync("tried", "payee:bob", 5m));
        foreach (var (scope, price, named) in new[] { ("", 500m, true), ("item:none", 700m, true), ("", 501m, false) })
        {
            var version = await ProposeAsync(FormattableString.Invariant($"v{price}"), scope, price);
            await scenario.Invoking(s => ApproveAsync(s, version)).Should().ThrowAsync<CorrectionRefusedException>().WithMessage(
                "*has no approved trial in which it priced lines*RequireTrial is set."
                + (named ? " It priced no line of Trial 1, on 2024-07-01..2024-07-01. Compare*" : " Compare*")
                + "days on which it has usage*");
            await scenario.Engine.Rates.WithdrawAsync(version.ProposalId);
        }

        Task<Proposal> ProposeAsync(string name, string scope, decimal price) => scenario.Engine.Rates.ProposeAsync(
            new RateChange("video.view", name, Tuesday, Currency.KRW, RateTable.Flat(price), scope), "contract", "ann");
    }

    [Fact]
    public async Task A_contract_of_a_payee_without_usage_is_approved_only_by_a_trial_of_it_alone_with_an_override()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store, RequiringTrials);
        await scenario.LoadAsync(Scenario.Event(1, Monday, 60_500, payee: "ann"));
        await scenario.CloseAsync(Monday);
        var version = await scenario.Engine.Rates.ProposeAsync(
            new RateChange("video.view", "new", Tuesday, Currency.KRW, RateTable.Flat(1_000m), "payee:new"), "contract", "ann");

        var report = await scenario.Engine.Trials.CompareAsync(TrialCandidate.OfProposal(version.ProposalId), OnMonday);

        report.Violations.Should().Equal(
            "Rate table 'video.view' payee:new trial from 2024-07-01 priced no line on 2024-07-01..2024-07-01, so that it was not tried. "
            + "Try it on days on which it has usage.");
        report.NewVersions.Should().ContainSingle().Which.Lines.Should().Be(0);
        await scenario.Engine.Trials.Invoking(t => t.ProposeAsync(report, "contract", "ann")).Should()
            .ThrowAsync<CorrectionRefusedException>().WithMessage("*priced no line*overrideGate*");
        await scenario.Invoking(s => ApproveAsync(s, version)).Should().ThrowAsync<CorrectionRefusedException>();
        var trial = await scenario.Engine.Trials.ProposeAsync(report, "a payee without usage", "ann", overrideGate: true);
        trial.Content.Should().Contain("\"lines\":0");
        await ApproveAsync(scenario, trial);
        (await ApproveAsync(scenario, version)).State.Should().Be(ProposalState.Approved);
    }

    [Fact]
    public async Task Versions_in_force_are_not_new_although_they_price_no_line_or_end_on_another_day()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store, RequiringTrials);
        await scenario.LoadAsync(Scenario.Event(1, Monday, 100, payee: "ann"));
        await scenario.CloseAsync(Monday);

        var report = await scenario.Engine.Trials.CompareAsync(
            TrialCandidate.Of(MeterRates.Build("video.view", r => r.Flat("a", Start, Currency.KRW, 5m)
                .ForPayee("old", o => o.Flat("old", Start, Currency.KRW, 3m).Until(Start.AddDays(40))))),
            OnMonday, FivePercent);

        (report.Passes, report.NewVersions.Count).Should().Be((true, 0));
    }

    private static void RequiringTrials(SettlementBuilder settlement) => settlement.RatesFromStore()
        .Rates("video.view", r => r.Flat("a", Start, Currency.KRW, 5m)
            .ForPayee("old", o => o.Flat("old", Start, Currency.KRW, 3m).Until(Start.AddDays(30))))
        .Configure(o => o.Corrections.RequireTrial = true);

    private static Task<Proposal> ApproveAsync(Scenario scenario, Proposal proposal) => proposal.Kind == ProposalKind.Trial
        ? scenario.Engine.Trials.ApproveAsync(proposal.ProposalId, proposal.Hash, "bob")
        : scenario.Engine.Rates.ApproveAsync(proposal.ProposalId, proposal.Hash, "bob");
}
