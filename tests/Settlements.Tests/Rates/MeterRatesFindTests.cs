namespace Settlements.Tests.Rates;

public sealed class MeterRatesFindTests
{
    private static readonly DateOnly June = new(2024, 6, 1);
    private static readonly DateOnly July = new(2024, 7, 1);

    private static readonly MeterRates Rates = MeterRates.Build("video.view", rates => rates
        .Flat("2024-07", July, Currency.KRW, 2m)
        .Flat("2024-06", June, Currency.KRW, 1m)
        .ForPayee("vip", own => own.Flat("vip", new(2024, 6, 20), Currency.KRW, 3m))
        .ForItem("hit", own => own.Flat("hit-2", new(2024, 7, 10), Currency.KRW, 5m).Flat("hit", new(2024, 6, 25), Currency.KRW, 4m)));

    [Theory]
    [InlineData("2024-05-31", null)]
    [InlineData("2024-06-01", "2024-06")] // the first day is included
    [InlineData("2024-06-30", "2024-06")]
    [InlineData("2024-07-01", "2024-07")]
    [InlineData("9998-12-31", "2024-07")]
    public void A_version_prices_from_its_first_day_to_the_first_day_of_the_next(string day, string? version) =>
        Find(day, "any", "any").Should().Be(version);

    [Theory]
    [InlineData("2024-06-19", "hit", "vip", "2024-06")] // neither override has started
    [InlineData("2024-06-20", "hit", "vip", "vip")] // the item's override hasn't
    [InlineData("2024-06-25", "hit", "vip", "hit")]
    [InlineData("2024-07-09", "hit", "vip", "hit")] // not the meter's newer version
    [InlineData("2024-07-10", "hit", "vip", "hit-2")]
    [InlineData("2024-07-10", "other", "vip", "vip")]
    [InlineData("2024-07-10", "hit", "other", "hit-2")]
    [InlineData("2024-07-10", "HIT", "VIP", "2024-07")] // ids are compared by bytes
    [InlineData("2024-07-10", "vip", "hit", "2024-07")] // item ids and payee ids are separate
    [InlineData("2024-05-31", "hit", "vip", null)]
    public void An_item_override_precedes_a_payee_override_which_precedes_the_meters_version(
        string day, string item, string payee, string? version) =>
        Find(day, item, payee).Should().Be(version);

    [Fact]
    public void Rates_without_a_table_for_the_meter_price_only_the_overrides()
    {
        var rates = MeterRates.Build("ad.view", rates => rates.ForItem("hit", own => own.Flat("v", June, Currency.KRW, 1m)));

        rates.Versions.Should().BeEmpty();
        rates.Find(July, "hit", "p")!.Version.Should().Be("v");
        rates.Find(July, "miss", "p").Should().BeNull();
    }

    [Fact]
    public void Versions_are_listed_by_scope_and_first_day_for_any_order_of_configuration()
    {
        Rates.All().Select(entry => $"{entry.Scope} {entry.Version}")
            .Should().Equal(" 2024-06", " 2024-07", "item:hit hit", "item:hit hit-2", "payee:vip vip");
        Rates.Versions.Select(version => version.Version).Should().Equal("2024-06", "2024-07");

        var shuffled = MeterRates.Build("m", rates => rates
            .ForItem("b", own => own.Flat("1", June, Currency.KRW, 1m))
            .ForItem("B", own => own.Flat("1", June, Currency.KRW, 1m))
            .ForPayee("b", own => own.Flat("1", June, Currency.KRW, 1m))
            .ForPayee("B", own => own.Flat("1", June, Currency.KRW, 1m))
            .ForItem("b", own => own.Flat("2", July, Currency.KRW, 1m)));
        shuffled.All().Select(entry => $"{entry.Scope} {entry.Version}")
            .Should().Equal("item:B 1", "item:b 1", "item:b 2", "payee:B 1", "payee:b 1");
    }

    [Fact]
    public void A_version_has_the_configured_values()
    {
        var version = MeterRates.Build("m", rates => rates
            .Package("v", June, Currency.USD, 1_000, 2.5m, CounterPeriod.Month).Round(Rounding.Cumulative)).Versions.Single();

        version.Should().Match<RateVersion>(v => v.Version == "v" && v.FirstDay == June && v.Currency == Currency.USD && v.Scope == "");
        version.Table.Should().Be(RateTable.Package(1_000, 2.5m).Over(CounterPeriod.Month));
        InEveryCulture.Run(() => version.ToString().Should().Be("v from 2024-06-01 in USD, package over month: 1000 units at 2.5"));
    }

    [Fact]
    public void Each_builder_method_adds_a_version_with_the_table_of_its_name()
    {
        var rates = MeterRates.Build("m", rates => rates
            .Graduated("g", new(2024, 1, 1), Currency.KRW, [(10, 1m), (null, 2m)])
            .Volume("v", new(2024, 1, 2), Currency.KRW, [(10, 1m), (null, 2m)], CounterPeriod.Year)
            .Flat("f", new(2024, 1, 3), Currency.KRW, 1m, CounterPeriod.Week)
            .Version("t", new(2024, 1, 4), Currency.KRW, SampleTables.AdView));

        rates.Rounding.Should().Be(Rounding.Truncating);
        rates.Versions.Select(version => version.Table).Should().Equal(
            RateTable.Graduated((10, 1m), (null, 2m)),
            RateTable.Volume((10, 1m), (null, 2m)).Over(CounterPeriod.Year),
            RateTable.Flat(1m).Over(CounterPeriod.Week),
            SampleTables.AdView);
    }

    [Fact]
    public void Finding_a_version_allocates_nothing()
    {
        Rates.Find(July, "hit", "vip");

        Allocations.Least(() =>
        {
            for (var day = 0; day < 1_000; day++)
            {
                Rates.Find(June.AddDays(day), "hit", "vip");
                Rates.Find(June.AddDays(day), "other", "other");
            }
        }).Should().Be(0);
    }

    private static string? Find(string day, string item, string payee) =>
        Rates.Find(DateOnly.ParseExact(day, "yyyy-MM-dd", null), item, payee)?.Version;
}
