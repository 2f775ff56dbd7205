using Microsoft.Extensions.DependencyInjection;

namespace Settlements.Testing;

// The fingerprint and the approval of reports.
public abstract partial class TrialContract
{
    [Fact]
    public async Task The_hash_changes_with_every_input_and_with_nothing_else()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Monday, 10), Scenario.Event(2, Tuesday, 10), Scenario.Event(3, Tuesday, 1, "v2", "p2"));
        await scenario.CloseAsync(Tuesday);
        var candidate = Flat(1m);
        var both = new DateRange(Monday, Tuesday);
        var first = await HashAsync(scenario, candidate, both, FivePercent);
        await using (var chunks = await StartAsync(store, lines: 1))
            (await HashAsync(chunks, Flat(1m), both, Gate(5, 5.0m, 100_000))).Should().Be(first, "chunks and spelling are no inputs");

        List<string> hashes =
        [
            first, await HashAsync(scenario, Flat(2m), both, FivePercent), await HashAsync(scenario, Flat(1m, "other"), both, FivePercent),
            await HashAsync(scenario, Flat(1m, rounding: Rounding.Cumulative), both, FivePercent),
            await HashAsync(scenario, candidate, OnMonday, FivePercent), await HashAsync(scenario, candidate, OnTuesday, FivePercent),
            await HashAsync(scenario, candidate, both, null),
            await HashAsync(scenario, candidate, both, Gate(5, 5, 1)),
            await HashAsync(scenario, candidate, both, Gate(6, 5, 100_000)),
            await HashAsync(scenario, candidate, both, Gate(5, 6, 100_000)),
        ];
        hashes.Should().OnlyHaveUniqueItems().And.AllSatisfy(h => h.Should().MatchRegex("^[0-9a-f]{64}$"));

        await store.ExecuteAsync("UPDATE settlement_lines SET payee_id = 'p3' WHERE payee_id = 'p2'");
        (await HashAsync(scenario, candidate, both, FivePercent)).Should().NotBe(first, "a payee has another amount");

        static TrialGate Gate(decimal total, decimal payee, decimal amount) =>
            new() { TotalPercentMax = total, PayeePercentMax = payee, PayeeAmountMin = amount };

        static TrialCandidate Flat(decimal price, string version = "n", Rounding rounding = Rounding.Truncating) => TrialCandidate.Of(
            MeterRates.Build("video.view", r => r.Flat(version, Start, Currency.KRW, price).Round(rounding)));

        static async Task<string> HashAsync(Scenario scenario, TrialCandidate candidate, DateRange days, TrialGate? gate) =>
            (await scenario.Engine.Trials.CompareAsync(candidate, days, gate)).Hash;
    }

    [Fact]
    public async Task A_passing_report_is_approved_by_another_user()
    {
        await using var store = NewStore();
        await using var scenario = await ClosedAsync(store);
        var trials = scenario.Engine.Trials;
        var report = await trials.CompareAsync(
            TrialCandidate.OfVersion("video.view", "", RateTable.Flat(1.04m)), OnMonday, new TrialGate { TotalPercentMax = 5 });

        var proposal = await trials.ProposeAsync(report, "contract of 2025", "ann");
        (proposal.Kind, proposal.State, proposal.Hash, proposal.ProposedBy).Should()
            .Be((ProposalKind.Trial, ProposalState.Proposed, report.Hash, "ann"));
        foreach (var same in new[] { "ann", "Ann", " aNN " })
        {
            await trials.Invoking(t => t.ApproveAsync(proposal.ProposalId, report.Hash, same)).Should()
                .ThrowAsync<CorrectionRefusedException>().WithMessage("Trial 1 was proposed by 'ann'. Another user has to approve it*");
        }

        await trials.Invoking(t => t.ApproveAsync(proposal.ProposalId, new string('0', 64), "bob")).Should()
            .ThrowAsync<CorrectionRefusedException>().WithMessage($"*{report.Hash}*");
        var approved = await trials.ApproveAsync(proposal.ProposalId, report.Hash, "bob");

        (approved.State, approved.ApprovedBy, approved.PostingDate).Should().Be((ProposalState.Approved, "bob", null));
        (await trials.ListAsync()).Should().ContainSingle().Which.ApprovedBy.Should().Be("bob");
        (await trials.WithdrawAsync(proposal.ProposalId)).Should().BeFalse();
        await trials.Invoking(t => t.ApproveAsync(proposal.ProposalId, report.Hash, "bob")).Should()
            .ThrowAsync<CorrectionRefusedException>().WithMessage("*already approved*");
        await trials.Invoking(t => t.ApproveAsync(7, report.Hash, "bob")).Should().ThrowAsync<CorrectionRefusedException>()
            .WithMessage("There is no trial 7*");
        await scenario.CloseAsync(Tuesday);
        (await scenario.LinesAsync(Tuesday, Tuesday)).Should().BeEmpty("nothing is posted");
    }

    [Fact]
    public async Task A_report_that_does_not_pass_is_proposed_only_with_an_override()
    {
        await using var store = NewStore();
        await using var scenario = await ClosedAsync(store);
        var trials = scenario.Engine.Trials;
        var report = await trials.CompareAsync(
            TrialCandidate.OfVersion("video.view", "", RateTable.Flat(2m)), OnMonday, new TrialGate { TotalPercentMax = 5 });

        await trials.Invoking(t => t.ProposeAsync(report, "contract", "ann")).Should().ThrowAsync<CorrectionRefusedException>()
            .WithMessage("*1 violations*The total in KRW changes from 100 KRW to 200 KRW (+100 %)*overrideGate*");
        var proposal = await trials.ProposeAsync(report, "agreed with finance", "ann", overrideGate: true);
        proposal.Content.Should().Contain("\"isOverridden\":true").And.Contain("\"violationsCount\":1");
        (await trials.WithdrawAsync(proposal.ProposalId)).Should().BeTrue();
        await trials.Invoking(t => t.ApproveAsync(proposal.ProposalId, report.Hash, "bob")).Should()
            .ThrowAsync<CorrectionRefusedException>().WithMessage("*withdrawn*");
    }

    [Fact]
    public async Task A_version_requires_an_approved_trial_with_its_table_scope_and_currency()
    {
        await using var store = NewStore();
        await using var scenario = await ClosedAsync(store, s => s.Configure(o => o.Corrections.RequireTrial = true));
        var check = scenario.Services.GetRequiredService<TrialCheck>();
        var report = await scenario.Engine.Trials.CompareAsync(
            TrialCandidate.OfVersion("video.view", "payee:ann", RateTable.Flat(2m)), OnMonday);

        await ShouldBeRefusedAsync(2m, Currency.KRW, "ann", "no trial exists");
        var proposal = await scenario.Engine.Trials.ProposeAsync(report, "contract", "ann");
        await ShouldBeRefusedAsync(2m, Currency.KRW, "ann", "the trial is not approved");
        await scenario.Engine.Trials.ApproveAsync(proposal.ProposalId, report.Hash, "bob");

        await check.RequireAsync("video.view", Version(2m, Currency.KRW, "ann"), default);
        await ShouldBeRefusedAsync(2.1m, Currency.KRW, "ann", "the table differs");
        await ShouldBeRefusedAsync(2m, Currency.USD, "ann", "the currency differs");
        await ShouldBeRefusedAsync(2m, Currency.KRW, "bob", "the scope differs");
        await using var lenient = await StartAsync(store);
        await lenient.Services.GetRequiredService<TrialCheck>().RequireAsync("video.view", Version(3m, Currency.KRW, "bob"), default);

        async Task ShouldBeRefusedAsync(decimal price, Currency currency, string payee, string because) =>
            await check.Invoking(c => c.RequireAsync("video.view", Version(price, currency, payee), default)).Should()
                .ThrowAsync<CorrectionRefusedException>(because).WithMessage("Rate table 'video.view' payee:* v has no approved trial*");

        static RateVersion Version(decimal price, Currency currency, string payee) => MeterRates.Build(
            "video.view", r => r.ForPayee(payee, o => o.Flat("v", Tuesday, currency, price))).All().Single();
    }

    [Fact]
    public async Task A_proposed_version_is_tried_and_its_approved_trial_lets_it_be_approved()
    {
        await using var store = NewStore();
        await using var scenario = await ClosedAsync(store, s => s.RatesFromStore().Configure(o => o.Corrections.RequireTrial = true));
        var (rates, trials) = (scenario.Engine.Rates, scenario.Engine.Trials);
        var version = await rates.ProposeAsync(
            new RateChange("video.view", "n", Tuesday.AddDays(30), Currency.KRW, RateTable.Flat(1.5m)), "contract", "ann");
        var end = await rates.ProposeEndAsync("video.view", "", "2024-01", Tuesday.AddDays(29), "contract", "ann");

        var report = await trials.CompareAsync(TrialCandidate.OfProposal(version.ProposalId), OnMonday);
        var same = await trials.CompareAsync(TrialCandidate.OfVersion("video.view", "", RateTable.Flat(1.5m)), OnMonday);
        (report.Totals[0].Before, report.Totals[0].After, report.Hash).Should().Be((100m, 150m, same.Hash));
        await rates.Invoking(r => r.ApproveAsync(version.ProposalId, version.Hash, "bob")).Should()
            .ThrowAsync<CorrectionRefusedException>().WithMessage("*no approved trial*");
        var trial = await trials.ProposeAsync(report, "contract", "ann");
        await trials.ApproveAsync(trial.ProposalId, trial.Hash, "bob");
        await rates.ApproveAsync(version.ProposalId, version.Hash, "bob");
        (await trials.CompareAsync(TrialCandidate.OfProposal(version.ProposalId), OnMonday)).Totals[0].After.Should().Be(150m);

        foreach (var (proposal, message) in new[]
        {
            (end.ProposalId, "RateVersion * ends Rate table 'video.view' 2024-01, and adds no version to try*"),
            (trial.ProposalId, "There is no proposal *ListHistoryAsync*rates history*"),
            (99L, "There is no proposal 99 of a rate version*"),
            (await WithdrawnAsync(), "RateVersion * is withdrawn*"),
        })
        {
            await trials.Invoking(t => t.CompareAsync(TrialCandidate.OfProposal(proposal), OnMonday)).Should()
                .ThrowAsync<CorrectionRefusedException>().WithMessage(message);
        }

        async Task<long> WithdrawnAsync()
        {
            var other = await rates.ProposeAsync(
                new RateChange("video.view", "w", Tuesday.AddDays(90), Currency.KRW, RateTable.Flat(2m)), "contract", "ann");
            await rates.WithdrawAsync(other.ProposalId);
            return other.ProposalId;
        }
    }

    [Fact]
    public async Task The_first_version_of_a_meter_is_tried_with_its_own_rounding()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store, s => s.RatesFromStore());
        await scenario.LoadAsync(Scenario.Event(1, Monday, meter: "ad.view"), Scenario.Event(2, Tuesday, meter: "ad.view"));
        await scenario.CloseAsync(Tuesday);
        var proposal = await scenario.Engine.Rates.ProposeAsync(
            new RateChange("ad.view", "n", Tuesday.AddDays(30), Currency.KRW, RateTable.Flat(1.5m), rounding: Rounding.Cumulative),
            "contract", "ann");

        var report = await scenario.Engine.Trials.CompareAsync(
            TrialCandidate.OfProposal(proposal.ProposalId), new DateRange(Monday, Tuesday));
        report.Totals.Should().ContainSingle().Which.After.Should().Be(3m, "1.5 is 1, and 3.0 is 3: truncating would be 1 + 1");
    }
}
