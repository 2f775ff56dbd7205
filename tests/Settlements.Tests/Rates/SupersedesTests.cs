using Settlements.Stores;

namespace Settlements.Tests.Rates;

/// <summary>Tests of versions that supersede another version as a correction.</summary>
public sealed class SupersedesTests
{
    private static readonly DateOnly June = new(2024, 6, 1);
    private static readonly DateOnly July = new(2024, 7, 1);

    private static MeterRates Corrected => MeterRates.Build("m", r => r
        .Flat("june", June, Currency.KRW, 1m).Flat("july", July, Currency.KRW, 2m)
        .Flat("june-2", June.AddDays(9), Currency.KRW, 3m).Supersedes("june")
        .Flat("june-3", June.AddDays(19), Currency.KRW, 4m).Supersedes("june-2"));

    [Theory]
    [InlineData("2024-06-09", "june")]
    [InlineData("2024-06-10", "june-2")]
    [InlineData("2024-06-20", "june-3")]
    [InlineData("2024-07-01", "july")]
    public void A_superseding_version_prices_the_dates_of_both_and_may_be_superseded_itself(string day, string version) =>
        Corrected.Find(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture), "v", "p")!.Version.Should().Be(version);

    [Fact]
    public void Days_published_before_the_superseding_version_keep_the_old_one_until_restated()
    {
        var rates = Corrected;
        var recorded = rates.All().Select(v => RecordedRate.From(rates, v, June.AddDays(25))).ToList();
        var restated = new RestatedDays(
            July.AddDays(2), new(June.AddDays(19), June.AddDays(20)),
            new HashSet<(string, string, string)> { ("m", "", "june-2"), ("m", "", "june-3") });
        string Version(DateOnly usageDate, DateOnly postingDate) => new RatesInForce(
            new Dictionary<string, MeterRates> { ["m"] = rates }, recorded, [restated], postingDate).Find(rates, usageDate, "v",
            "p")!.Version;

        Version(June.AddDays(19), July.AddDays(1)).Should().Be("june", "it is not restated yet");
        Version(June.AddDays(25), July.AddDays(1)).Should().Be("june-3", "that day was open when it was recorded");
        Version(June.AddDays(19), July.AddDays(2)).Should().Be("june-3", "late usage of a restated day");
        Version(June.AddDays(21), July.AddDays(2)).Should().Be("june");
    }

    [Fact]
    public void Errors_of_superseding_versions_name_both()
    {
        Faults(r => r.Supersedes("x").Flat("june", June, Currency.KRW, 1m)).Should().ContainSingle().Which.Should().Match(
            "*Supersedes('x') is called before any version is added*");
        Faults(r => r.Flat("a", June, Currency.KRW, 1m).Flat("b", June, Currency.KRW, 1m).Supersedes("x")).Should().ContainSingle()
            .Which.Should().Match("*b supersedes x, which does not exist*");
        Faults(r => r.Flat("a", June, Currency.KRW, 1m).Flat("b", June.AddDays(-1), Currency.KRW, 1m).Supersedes("a")).Should()
            .ContainSingle()
            .Which.Should().Match("*b supersedes a from 2024-05-31, before its first day 2024-06-01*");
        Faults(r => r.Flat("a", June, Currency.KRW, 1m).Flat("b", June, Currency.USD, 1m).Supersedes("a")).Should().ContainSingle()
            .Which.Should().Match("*use the same currency*");
        Faults(r => r.Flat("a", June, Currency.KRW, 1m).Flat("b", June, Currency.KRW, 1m, CounterPeriod.Month).Supersedes("a")).Should()
            .ContainSingle()
            .Which.Should().Match("*use the same period*");
        Faults(r => r.Flat("a", June, Currency.KRW, 1m).Supersedes("a")).Should().NotBeEmpty("a version can't replace itself");
    }

    [Fact]
    public void A_version_is_superseded_by_one_version_on_each_date()
    {
        static MeterRatesBuilder Superseded(MeterRatesBuilder r) => r
            .Flat("a", June, Currency.KRW, 1m).Flat("b", June.AddDays(9), Currency.KRW, 2m).Supersedes("a");

        Faults(r => Superseded(r).Flat("c", June.AddDays(19), Currency.KRW, 3m).Supersedes("a")).Should().Equal(
            "Rate table 'm': version c supersedes a, which is already superseded by b; supersede b.");
        Faults(r => Superseded(r).Flat("c", June, Currency.KRW, 3m).Supersedes("a")).Should().Equal(
            "Rate table 'm': version c supersedes a, which is already superseded by b; supersede b from 2024-06-10 on, or end this version "
            + "on 2024-06-09.");
        Faults(r => Superseded(r).Flat("c", June, Currency.KRW, 3m).Supersedes("a").Until(June.AddDays(8))).Should().BeEmpty();
        Faults(r => Superseded(r).Until(June.AddDays(12)).Flat("c", June.AddDays(13), Currency.KRW, 3m).Supersedes("a")).Should().BeEmpty();
        Faults(r => Superseded(r).ForPayee("p", o => o.Flat("a", June, Currency.KRW, 1m).Flat("c", June, Currency.KRW, 3m).Supersedes("a")))
            .Should().BeEmpty("it is another scope");
    }

    [Fact]
    public void Versions_that_supersede_each_other_are_refused_once()
    {
        Faults(r => r.Flat("a", June, Currency.KRW, 1m).Flat("z", June, Currency.KRW, 1m).Supersedes("x")
            .Flat("x", June, Currency.KRW, 2m).Supersedes("y").Flat("y", June, Currency.KRW, 3m).Supersedes("x")).Should().Equal(
            "Rate table 'm': version y supersedes x, which is already superseded by z; supersede z.",
            "Rate table 'm': versions x and y supersede each other; let one of them supersede none.");
    }

    private static IReadOnlyList<string> Faults(Action<MeterRatesBuilder> configure)
    {
        MeterRates.TryBuild("m", configure, out _, out var faults);
        return faults;
    }
}
