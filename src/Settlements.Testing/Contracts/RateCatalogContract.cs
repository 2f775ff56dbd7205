using Microsoft.Extensions.DependencyInjection;

namespace Settlements.Testing;

/// <summary>Contract tests of rate versions in the store: proposals, approvals, closes under way, instances with different rates.</summary>
public abstract partial class RateCatalogContract
{
    private static readonly DateOnly First = new(2024, 1, 1);

    protected abstract StoreUnderTest NewStore();

    private static DateOnly Monday => Scenario.Monday;

    private static DateOnly Tuesday => Monday.AddDays(1);

    [Fact]
    public async Task An_approved_version_prices_usage_from_its_first_day_on()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Monday), Scenario.Event(2, Tuesday));
        var proposal = await ProposeAsync(scenario, Flat("2024-07", Tuesday, 20m));
        (await scenario.Engine.Rates.ListAsync("video.view")).Select(r => (r.Version.Version, r.Origin, r.State)).Should().Equal(
            ("a", RateOrigin.Code, RateState.Approved), ("2024-07", RateOrigin.Store, RateState.Proposed));
        await ApproveAsync(scenario, proposal);
        await scenario.CloseAsync(Tuesday);

        (await scenario.LinesAsync()).Select(l => l.Amount).Should().Equal(10, 20);
        (await scenario.Engine.Rates.ListAsync()).Select(r => r.State).Should().Equal(RateState.Priced, RateState.Priced);
        var explained = (await scenario.Engine.Lines.ExplainAsync(Tuesday, "video.view", "v1")).Should().ContainSingle().Subject;
        (explained.Origin, explained.Proposal!.ProposedBy, explained.Proposal.ApprovedBy, explained.Proposal.Reason).Should().Be(
            (RateOrigin.Store, "ann", "bob", "contract 42"));
        (await scenario.Engine.Rates.ListHistoryAsync()).Should().ContainSingle().Which.State.Should().Be(ProposalState.Approved);
        await scenario.CheckAsync(Monday, Tuesday);
    }

    [Fact]
    public async Task A_meter_can_have_all_its_versions_in_the_store()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, s => s.RatesFromStore());
        await ApproveAsync(scenario, await ProposeAsync(scenario, Flat("a", Monday, 3m)));
        await scenario.LoadAsync(Scenario.Event(1, Monday, 2));
        await scenario.CloseAsync(Monday);

        (await scenario.LineAsync(Monday)).Amount.Should().Be(6);
        await scenario.CheckAsync(Monday, Monday);
    }

    [Fact]
    public async Task Another_user_has_to_approve_a_version()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store);
        var proposal = await ProposeAsync(scenario, Flat("b", Tuesday, 20m));
        var approve = (string by, string hash) => scenario.Engine.Rates.ApproveAsync(proposal.ProposalId, hash, by);

        (await approve.Invoking(a => a("ann", proposal.Hash)).Should().ThrowAsync<CorrectionRefusedException>())
            .WithMessage("*proposed by 'ann'*Another user*");
        (await approve.Invoking(a => a("bob", "other")).Should().ThrowAsync<CorrectionRefusedException>()).WithMessage("*hash*");
        await approve("bob", proposal.Hash);
        (await approve.Invoking(a => a("bob", proposal.Hash)).Should().ThrowAsync<CorrectionRefusedException>())
            .WithMessage("*already approved*");
        (await scenario.Engine.Rates.WithdrawAsync(proposal.ProposalId)).Should().BeFalse();
    }

    [Fact]
    public async Task A_version_whose_first_day_was_published_is_refused_and_a_later_one_is_approved()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Monday), Scenario.Event(2, Tuesday));
        var late = await ProposeAsync(scenario, Flat("b", Monday, 20m));
        await scenario.CloseAsync(Monday);

        (await scenario.Invoking(s => ApproveAsync(s, late)).Should().ThrowAsync<CorrectionRefusedException>())
            .WithMessage("*'video.view' b starts on 2024-07-01*published*2024-07-02 or later*supersede*");
        (await scenario.Invoking(s => ProposeAsync(s, Flat("c", Monday, 20m))).Should().ThrowAsync<CorrectionRefusedException>())
            .WithMessage("*2024-07-02 or later*");
        (await scenario.Engine.Rates.WithdrawAsync(late.ProposalId)).Should().BeTrue();
        await ApproveAsync(scenario, await ProposeAsync(scenario, Flat("b", Tuesday, 20m)));
        await scenario.CloseAsync(Tuesday);
        (await scenario.LinesAsync()).Select(l => l.Amount).Should().Equal(10, 20);
    }

    [Fact]
    public async Task A_superseding_version_of_the_store_corrects_published_days_by_a_restatement()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Monday));
        await scenario.CloseAsync(Monday);
        await ApproveAsync(scenario, await ProposeAsync(scenario, Flat("b", First, 20m, supersedes: "a")));
        var restatement = await scenario.Engine.Restatements.RestateAsync(new DateRange(Monday, Monday), "contract", "ann");
        await scenario.Engine.Restatements.ApproveAsync(restatement.RestatementId, restatement.Hash, "bob");
        await scenario.CloseAsync(Tuesday);

        var line = await scenario.LineAsync(Tuesday);
        (line.Kind, line.Amount, line.Price!.RateVersion).Should().Be((LineKind.Restatement, 10, "b"));
        await scenario.CheckAsync(Monday, Tuesday);
    }

    [Fact]
    public async Task A_version_approved_while_its_first_day_closes_prices_that_day()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Monday));
        var proposal = await ProposeAsync(scenario, Flat("b", Monday, 20m));
        var isApproved = false;
        await scenario.Engine.Days.CloseThroughAsync(Monday, new InlineProgress(p =>
        {
            if (isApproved || p.Run is not { StepNumber: 3, ChunksDone: 0 })
                return;
            isApproved = true;
            ApproveAsync(scenario, proposal).GetAwaiter().GetResult();
        }));

        isApproved.Should().BeTrue();
        (await scenario.LineAsync(Monday)).Amount.Should().Be(20);
        (await scenario.Engine.Pipelines.ListRunsAsync(10)).Should().HaveCount(2, "the first run is abandoned");
        await scenario.CheckAsync(Monday, Monday);
    }

    [Fact]
    public async Task A_version_of_a_later_day_that_is_approved_while_a_day_closes_does_not_repeat_the_close()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Monday));
        var proposal = await ProposeAsync(scenario, Flat("b", Tuesday, 20m));
        await scenario.Engine.Days.CloseThroughAsync(Monday, new InlineProgress(p =>
        {
            if (p.Run is { StepNumber: 3, ChunksDone: 0 })
                ApproveAsync(scenario, proposal).GetAwaiter().GetResult();
        }));

        (await scenario.LineAsync(Monday)).Amount.Should().Be(10);
        (await scenario.Engine.Pipelines.ListRunsAsync(10)).Should().ContainSingle();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_instance_with_old_rates_can_not_take_over_the_close_of_one_with_new_rates(bool isMistake)
    {
        static void Rates(SettlementBuilder s, bool isNew) => s.Rates("video.view", r =>
        {
            r.Flat("a", First, Currency.KRW, 10m);
            if (isNew)
                r.Flat("b", Tuesday, Currency.KRW, 20m);
        });
        await using var store = NewStore();
        await using var old = await Scenario.StartAsync(store, s => Rates(s, isNew: false));
        await old.LoadAsync(Scenario.Event(1, Monday), Scenario.Event(2, Tuesday));
        await old.CloseAsync(Monday);
        await using var release = await Scenario.StartAsync(store, s => Rates(s, isNew: true));
        using (var cancel = new CancellationTokenSource())
        {
            await release.Engine.Days.Invoking(d => d.CloseThroughAsync(
                Tuesday, new InlineProgress(p => { if (p.Run.StepNumber == 3) cancel.Cancel(); }), cancel.Token))
                .Should().ThrowAsync<OperationCanceledException>();
        }

        (await old.Invoking(o => o.CloseAsync(Tuesday)).Should().ThrowAsync<CloseRefusedException>())
            .WithMessage("*'video.view' b was recorded by the close of day 2024-07-02*outdated*DiscardAsync*");
        if (isMistake)
        {
            (await old.Engine.Rates.DiscardAsync("video.view", "", "b", "ann")).Should().BeTrue();
            await old.CloseAsync(Tuesday);
            (await old.LineAsync(Tuesday)).Amount.Should().Be(10);
        }
        else
        {
            await release.CloseAsync(Tuesday);
            (await release.LineAsync(Tuesday)).Amount.Should().Be(20);
            await release.Engine.Rates.Invoking(r => r.DiscardAsync("video.view", "", "b", "ann"))
                .Should().ThrowAsync<CorrectionRefusedException>().WithMessage("*has priced published days*");
        }
    }

    [Fact]
    public async Task An_instance_that_does_not_read_the_rates_of_the_store_is_refused()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Monday));
        await ApproveAsync(scenario, await ProposeAsync(scenario, Flat("b", Monday, 20m)));
        await using var other = await Scenario.StartAsync(store, s => s.Rates("video.view", r => r.Flat("a", First, Currency.KRW, 10m)));

        (await other.Invoking(o => o.CloseAsync(Monday)).Should().ThrowAsync<CloseRefusedException>()).WithMessage("*RatesFromStore()*");
        (await other.Invoking(o => ProposeAsync(o, Flat("c", Monday, 20m))).Should().ThrowAsync<CorrectionRefusedException>())
            .WithMessage("*RatesFromStore()*");
    }

    [Fact]
    public async Task A_version_is_never_replaced_and_its_meter_is_declared()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store);
        await ApproveAsync(scenario, await ProposeAsync(scenario, Flat("b", Tuesday, 20m)));

        foreach (var (change, message) in new[]
        {
            (Flat("a", Tuesday.AddDays(1), 1m), "*'video.view' a exists already*"),
            (Flat("b", Tuesday.AddDays(1), 1m), "*'video.view' b exists already*"),
            (Flat("c", Tuesday, 1m), "*both start on 2024-07-02*"),
            (Flat("c", Tuesday, 1m, lastDay: Monday), "*ends on 2024-07-01, before its first day*"),
            (Flat("c", Tuesday, 1m, supersedes: "x"), "*supersedes x, which does not exist*"),
            (Flat("c", Tuesday.AddDays(1), 1m, lastDay: Tuesday.AddDays(2)), "*has a gap*no version prices 2024-07-05*"),
            (Flat("c", Tuesday, 1m, meter: "video.veiw"), "*'video.veiw' is not declared*Meter(\"video.veiw\")*"),
        })
        {
            (await scenario.Invoking(s => ProposeAsync(s, change)).Should().ThrowAsync<CorrectionRefusedException>()).WithMessage(message);
        }
    }

    [Fact]
    public async Task Stored_versions_are_parsed_once()
    {
        const int Overrides = 10_000;
        await using var store = NewStore();
        await using var scenario = await StartAsync(store);
        var content = StoredRate.Content(new RateChange(
            "video.view", "o", Monday.AddDays(100), Currency.KRW, RateTable.Flat(2m), scope: "item:ID"));
        for (var from = 0; from < Overrides; from += 500)
        {
            await store.ExecuteAsync(
                "INSERT INTO proposals (kind, state, content, hash, reason, proposed_by, proposed_at) VALUES "
                + string.Join(", ", Enumerable.Range(from, 500).Select(i =>
                    $"('rate-version', 'approved', '{content.Replace("ID", $"i{i}", StringComparison.Ordinal)}', 'h', 'r', 'ann', "
                    + $"{Instant})")));
        }

        await scenario.LoadAsync(Scenario.Event(1, Monday), Scenario.Event(2, Tuesday));
        await scenario.CloseAsync(Tuesday);
        scenario.Services.GetRequiredService<RateReader>().ParsedCount.Should().Be(Overrides);
        (await scenario.Engine.Rates.ListAsync()).Should().HaveCount(Overrides + 1);
    }

    private static Task<Scenario> StartAsync(StoreUnderTest store, Action<IServiceCollection>? services = null) => Scenario.StartAsync(
        store, s => s.RatesFromStore().Rates("video.view", r => r.Flat("a", First, Currency.KRW, 10m)), services);

    private static RateChange Flat(
        string version, DateOnly firstDay, decimal price, string scope = "", DateOnly? lastDay = null, string? supersedes = null,
        string meter = "video.view") => new(meter, version, firstDay, Currency.KRW, RateTable.Flat(price), scope, lastDay, supersedes);

    private static Task<Proposal> ProposeAsync(Scenario scenario, RateChange change) =>
        scenario.Engine.Rates.ProposeAsync(change, "contract 42", "ann");

    private static Task<Proposal> ApproveAsync(Scenario scenario, Proposal proposal) =>
        scenario.Engine.Rates.ApproveAsync(proposal.ProposalId, proposal.Hash, "bob");

    private sealed class MemoryRates : IRateSource
    {
        public IReadOnlyList<MeterRates> Rates { get; set; } = [];

        public int Reads { get; private set; }

        public Task<IReadOnlyList<MeterRates>> ReadAsync(CancellationToken cancellationToken)
        {
            Reads++;
            return Task.FromResult(Rates);
        }
    }
}
