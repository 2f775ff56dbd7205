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
}
