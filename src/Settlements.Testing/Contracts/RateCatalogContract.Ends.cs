namespace Settlements.Testing;

// Versions that end.
public abstract partial class RateCatalogContract
{
    [Fact]
    public async Task After_the_end_of_an_override_the_next_scope_applies()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store);
        await ApproveAsync(scenario, await ProposeAsync(scenario, Flat("i", Monday, 40m, "item:v1", lastDay: Monday)));
        await ApproveAsync(scenario, await ProposeAsync(scenario, Flat("p", Monday, 30m, "payee:p1", lastDay: Tuesday)));
        await scenario.LoadAsync([.. Enumerable.Range(0, 3).Select(i => Scenario.Event(i + 1, Monday.AddDays(i)))]);
        await scenario.CloseAsync(Tuesday.AddDays(1));

        (await scenario.LinesAsync()).Select(l => l.Amount).Should().Equal(40, 30, 10);
        await scenario.CheckAsync(Monday, Tuesday.AddDays(1));
    }

    [Fact]
    public async Task A_version_that_priced_can_be_ended_on_an_open_day_only()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, s => s.RatesFromStore().Rates("video.view", r => r
            .Flat("a", First, Currency.KRW, 10m).ForPayee("p1", o => o.Flat("p", First, Currency.KRW, 30m))));
        await scenario.LoadAsync([.. Enumerable.Range(0, 3).Select(i => Scenario.Event(i + 1, Monday.AddDays(i)))]);
        await scenario.CloseAsync(Tuesday);
        var end = (DateOnly day, string scope, string version) =>
            scenario.Engine.Rates.ProposeEndAsync("video.view", scope, version, day, "contract ended", "ann");

        (await end.Invoking(e => e(Monday, "payee:p1", "p")).Should().ThrowAsync<CorrectionRefusedException>())
            .WithMessage("*days through 2024-07-02 are published*");
        (await end.Invoking(e => e(Tuesday, "", "a")).Should().ThrowAsync<CorrectionRefusedException>()).WithMessage("*has a gap*");
        await ApproveAsync(scenario, await end(Tuesday, "payee:p1", "p"));
        await scenario.CloseAsync(Tuesday.AddDays(1));

        (await scenario.LinesAsync()).Select(l => l.Amount).Should().Equal(30, 30, 10);
        (await scenario.Engine.Rates.ListAsync()).Single(r => r.Version.Version == "p").End!.ApprovedBy.Should().Be("bob");
        await scenario.CheckAsync(Monday, Tuesday.AddDays(1));
    }

    [Fact]
    public async Task A_version_that_priced_can_be_ended_again()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store);
        await scenario.LoadAsync([.. Enumerable.Range(0, 4).Select(i => Scenario.Event(i + 1, Monday.AddDays(i)))]);
        await ApproveAsync(scenario, await ProposeAsync(scenario, Flat("p", Monday, 30m, "payee:p1")));
        foreach (var (closed, last) in new[] { (Monday, 5), (Tuesday, 1), (Tuesday.AddDays(1), 2) })
        {
            await ApproveAsync(scenario, await EndAsync(scenario, Tuesday.AddDays(last)));
            await scenario.CloseAsync(closed);
        }

        await scenario.CloseAsync(Tuesday.AddDays(2));

        (await scenario.LinesAsync()).Select(l => l.Amount).Should().Equal(30, 30, 30, 30);
        (await scenario.Engine.Rates.ListAsync()).Single(r => r.Version.Version == "p").Version.LastDay.Should().Be(Tuesday.AddDays(2));
        await scenario.CheckAsync(Monday, Tuesday.AddDays(2));
    }

    [Fact]
    public async Task A_second_end_is_refused_while_one_waits_and_the_end_that_was_proposed_last_applies()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store);
        await ApproveAsync(scenario, await ProposeAsync(scenario, Flat("p", Monday, 30m, "payee:p1")));
        var first = await EndAsync(scenario, Tuesday.AddDays(2));
        (await scenario.Invoking(s => EndAsync(s, Tuesday)).Should().ThrowAsync<CorrectionRefusedException>())
            .WithMessage($"*end of Rate table 'video.view' payee:p1 p is already proposed by *{first.ProposalId}. Approve or withdraw*");

        // Two proposals at the same time may both be stored.
        var content = first.Content.Replace("2024-07-04", "2024-07-02", StringComparison.Ordinal);
        content.Should().NotBe(first.Content);
        await store.ExecuteAsync(
            "INSERT INTO proposals (kind, state, content, hash, reason, proposed_by, proposed_at) "
            + $"SELECT kind, state, '{content}', hash, reason, proposed_by, proposed_at FROM proposals "
            + $"WHERE proposal_id = {first.ProposalId}");
        await ApproveAsync(scenario, (await scenario.Engine.Rates.ListHistoryAsync())[0]);

        (await scenario.Invoking(s => ApproveAsync(s, first)).Should().ThrowAsync<CorrectionRefusedException>())
            .WithMessage("*proposed later, ends *'video.view' payee:p1 p on 2024-07-02*Withdraw this proposal*");
    }

    [Fact]
    public async Task Versions_can_be_approved_in_another_order_than_they_were_proposed()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, s => s.RatesFromStore());
        var payee = await ProposeAsync(scenario, Flat("p", Tuesday, 30.5m, "payee:p1"));
        var meter = await scenario.Engine.Rates.ProposeAsync(
            new RateChange("video.view", "m", Monday, Currency.KRW, RateTable.Flat(10.5m), rounding: Rounding.Cumulative),
            "contract 42", "ann");
        await ApproveAsync(scenario, meter);
        await scenario.LoadAsync(
            Scenario.Event(1, Monday), Scenario.Event(2, Tuesday), Scenario.Event(3, Tuesday.AddDays(1)));
        await scenario.CloseAsync(Monday);
        await ApproveAsync(scenario, payee);
        await scenario.CloseAsync(Tuesday.AddDays(1));

        (await scenario.LinesAsync()).Select(l => l.Amount).Should().Equal(10, 31, 30);
        await scenario.CheckAsync(Monday, Tuesday.AddDays(1));
    }

    [Fact]
    public async Task A_rounding_that_differs_from_that_of_priced_versions_is_refused()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, s => s.RatesFromStore());
        await ApproveAsync(scenario, await ProposeAsync(scenario, Flat("m", Monday, 10m)));
        await scenario.LoadAsync(Scenario.Event(1, Monday));
        await scenario.CloseAsync(Monday);

        var propose = () => scenario.Engine.Rates.ProposeAsync(
            new RateChange("video.view", "n", Tuesday, Currency.KRW, RateTable.Flat(10.5m), rounding: Rounding.Cumulative),
            "contract", "ann");

        (await propose.Should().ThrowAsync<CorrectionRefusedException>())
            .WithMessage("*n is rounded *umulative, and the versions that have priced published days *runcating*without a rounding*");
        await scenario.CloseAsync(Tuesday);
    }

    [Fact]
    public async Task Usage_without_a_version_does_not_keep_the_other_usage_of_its_item_from_being_paid()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, s => s.RatesFromStore());
        await scenario.CloseAsync(Monday);
        await ApproveAsync(scenario, await ProposeAsync(scenario, Flat("x", Tuesday, 7m)));
        await scenario.LoadAsync(Scenario.Event(1, Monday, 3, payee: "ann"), Scenario.Event(2, Tuesday, 100, payee: "bob"));
        await scenario.CloseAsync(Tuesday);

        (await scenario.LinesAsync()).Select(l => (l.PayeeId, l.Amount)).Should().Equal(("bob", 700));
        (await scenario.Engine.Days.ListQuarantinedAsync()).Should().ContainSingle().Which.Reason.Should().Match(
            "*prices item 'v1' of payee 'ann' on 2024-07-01*negative quantity*");
        await scenario.CheckAsync(Monday, Tuesday);

        await scenario.LoadAsync(Scenario.Event(3, Monday, -3, payee: "ann"), Scenario.Event(4, Tuesday.AddDays(1), 1, payee: "bob"));
        await scenario.CloseAsync(Tuesday.AddDays(1));
        (await scenario.Engine.Days.ListQuarantinedAsync()).Should().BeEmpty();
        (await scenario.LinesAsync(Tuesday.AddDays(1))).Select(l => (l.PayeeId, l.Quantity, l.Events, l.Price is null))
            .Should().BeEquivalentTo([("ann", 0L, 2L, true), ("bob", 1L, 1L, false)]);
        await scenario.CheckAsync(Monday, Tuesday.AddDays(1));
    }

    [Fact]
    public async Task Events_that_only_the_rates_of_the_store_cover_are_accepted()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, s => s.RatesFromStore().Rates("video.view", r => r
            .Flat("later", Tuesday.AddDays(5), Currency.KRW, 10m).ForPayee("ann", o => o.Flat("ann", First, Currency.KRW, 30m))));
        await ApproveAsync(scenario, await ProposeAsync(scenario, Flat("m", Monday, 20m)));

        await scenario.LoadAsync(Scenario.Event(1, Monday, payee: "bob"));
        await scenario.CloseAsync(Monday);

        (await scenario.LineAsync(Monday)).Amount.Should().Be(20);
    }

    private static Task<Proposal> EndAsync(Scenario scenario, DateOnly lastDay) =>
        scenario.Engine.Rates.ProposeEndAsync("video.view", "payee:p1", "p", lastDay, "contract ended", "ann");
}
