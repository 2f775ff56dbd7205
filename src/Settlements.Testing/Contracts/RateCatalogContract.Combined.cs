using Microsoft.Extensions.DependencyInjection;

namespace Settlements.Testing;

// Rates of code, of the application's source and of the store together.
public abstract partial class RateCatalogContract
{
    [Fact]
    public async Task A_version_that_would_never_price_because_of_others_that_supersede_is_refused()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store);
        var late = await ProposeAsync(scenario, Flat("late", Tuesday, 30m, supersedes: "a"));
        await ApproveAsync(scenario, await ProposeAsync(scenario, Flat("b", Monday, 20m, supersedes: "a")));

        var change = Flat("c", Tuesday, 30m, supersedes: "a");
        (await scenario.Invoking(s => ProposeAsync(s, change)).Should().ThrowAsync<CorrectionRefusedException>())
            .WithMessage("Rate table 'video.view': version c supersedes a, which is already superseded by b; supersede b.");
        (await scenario.Invoking(s => ApproveAsync(s, late)).Should().ThrowAsync<CorrectionRefusedException>())
            .WithMessage("*version late supersedes a, which is already superseded by b*");
        const string Columns = "meter,version,from,model,currency,price,supersedes\n";
        (await ErrorsAsync(scenario, $"{Columns}video.view,c,2024-07-02,flat,KRW,30,a\n", RateFormat.Csv)).Should().Equal(
            "f: row 2: Rate table 'video.view': version c supersedes a, which is already superseded by b; supersede b.");
        (await ErrorsAsync(
            scenario, $"{Columns}video.view,x,2024-08-01,flat,KRW,1,y\nvideo.view,y,2024-08-01,flat,KRW,2,x\n", RateFormat.Csv)).Should()
            .Equal("f: row 2: Rate table 'video.view': versions x and y supersede each other; let one of them supersede none.");

        await ApproveAsync(scenario, await ProposeAsync(scenario, Flat("c", Tuesday, 30m, supersedes: "b")));
        await scenario.LoadAsync(Scenario.Event(1, Monday), Scenario.Event(2, Tuesday));
        await scenario.CloseAsync(Tuesday);
        (await scenario.LinesAsync()).Select(l => l.Amount).Should().Equal(20, 30);
    }

    [Fact]
    public async Task Versions_of_the_applications_source_are_used_and_named_in_errors()
    {
        await using var store = NewStore();
        var rates = new MemoryRates();
        await using var scenario = await Scenario.StartAsync(
            store, s => s.RatesFrom<MemoryRates>().Rates("video.view", r => r.Flat("a", First, Currency.KRW, 10m)),
            services => services.AddSingleton(rates));
        rates.Rates = [MeterRates.Build("video.view", r => r.Flat("b", Tuesday, Currency.KRW, 20m))];
        await scenario.LoadAsync(Scenario.Event(1, Monday), Scenario.Event(2, Tuesday));
        await scenario.CloseAsync(Tuesday);
        (await scenario.LinesAsync()).Select(l => l.Amount).Should().Equal(10, 20);

        rates.Rates = [MeterRates.Build("video.view", r => r.Flat("a", Tuesday, Currency.KRW, 20m))];
        (await scenario.Invoking(s => s.CloseAsync(Tuesday.AddDays(1))).Should().ThrowAsync<CloseRefusedException>())
            .WithMessage("*'video.view' a exists twice: in code*and in the rate source*");

        rates.Rates = [MeterRates.Build("video.view", r => r.Flat("b", Tuesday, Currency.KRW, 20m).Round(Rounding.Cumulative))];
        (await scenario.Invoking(s => s.CloseAsync(Tuesday.AddDays(1))).Should().ThrowAsync<CloseRefusedException>()).WithMessage(
            "*Meter 'video.view' is rounded cumulative by the rate source, and truncating in code. Use Round(Rounding.Truncating) in the "
            + "source: a meter has one.*");
    }

    [Fact]
    public async Task An_approval_reads_the_applications_source_once_before_its_transaction()
    {
        await using var store = NewStore();
        var rates = new MemoryRates { Rates = [MeterRates.Build("video.view", r => r.Flat("a", First, Currency.KRW, 10m))] };
        await using var scenario = await Scenario.StartAsync(
            store, s => s.RatesFromStore().RatesFrom<MemoryRates>(), services => services.AddSingleton(rates));
        var proposal = await ProposeAsync(scenario, new RateChange("video.view", "b", Tuesday, Currency.KRW, RateTable.Flat(20m)));
        var before = rates.Reads;

        await ApproveAsync(scenario, proposal);

        (rates.Reads - before).Should().Be(1);
    }

    [Fact]
    public async Task A_currency_has_the_same_decimals_in_all_rates_of_code_source_and_store()
    {
        await using var store = NewStore();
        var rates = new MemoryRates();
        await using var scenario = await Scenario.StartAsync(
            store, s => s.RatesFromStore().RatesFrom<MemoryRates>().Meter("ad.view")
                .Rates("video.view", r => r.Flat("a", First, new Currency("SEK", 2), 10m)),
            services => services.AddSingleton(rates));
        const string Error = "Rate table 'video.view' a is in SEK with 2 decimals, and Rate table 'ad.view' x in SEK with 3. "
            + "Use the same number in all versions.";
        var change = new RateChange("ad.view", "x", Tuesday, new Currency("SEK", 3), RateTable.Flat(1m));
        (await scenario.Invoking(s => ProposeAsync(s, change)).Should().ThrowAsync<CorrectionRefusedException>()).WithMessage(Error);
        const string Columns = "meter,version,from,model,currency,minor_unit_digits,price\n";
        (await ErrorsAsync(scenario, $"{Columns}ad.view,x,2024-07-02,flat,SEK,3,1\n", RateFormat.Csv)).Should().Equal($"f: row 2: {Error}");
        (await ErrorsAsync(scenario, $"{Columns}ad.view,x,2024-07-02,flat,KRW,2,1\n", RateFormat.Csv)).Should().Equal(
            "f: row 2: column 'minor_unit_digits': the value is '2', and KRW has 0; leave it empty.");
        (await ErrorsAsync(
            scenario, """
            { "ad.view": { "versions": [ { "version": "x", "from": "2024-07-02", "model": "flat", "price": 1,
              "currency": { "code": "KRW", "minorUnitDigits": 2 } } ] } }
            """, RateFormat.Json)).Should().ContainSingle().Which.Should().Match(
            "f: $['ad.view'].versions[0].currency: *KRW has 0 decimals, not 2; use \"KRW\"*");
        rates.Rates = [MeterRates.Build("ad.view", r => r.Flat("x", Tuesday, new Currency("SEK", 3), 1m))];
        (await scenario.Invoking(s => s.CloseAsync(Tuesday)).Should().ThrowAsync<CloseRefusedException>()).WithMessage($"*{Error}*");
    }
}
