namespace Settlements.Tests.Rates;

public sealed class PackageTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 5)]
    [InlineData(1_000, 5)]
    [InlineData(1_001, 10)]
    [InlineData(-999, 0)]
    [InlineData(-1_000, -5)]
    [InlineData(-1_001, -5)]
    public void A_package_is_priced_at_its_first_unit(long count, double price) =>
        RateTable.Package(1_000, 5m).PriceOf(count).Should().Be((decimal)price);

    [Fact]
    public void The_explanation_of_a_package_price_has_the_number_of_started_packages()
    {
        var table = RateTable.Package(10, 5m);
        table.Explain(3, 25).Should().BeEquivalentTo([new TierShare(1, 11, 30, 2, 5m, 10m)], o => o.WithStrictOrdering());
        table.Explain(25, 3).Should().BeEquivalentTo([new TierShare(1, 11, 30, -2, 5m, -10m)], o => o.WithStrictOrdering());
        table.Explain(3, 10).Should().BeEmpty("no new package is started");
    }
}
