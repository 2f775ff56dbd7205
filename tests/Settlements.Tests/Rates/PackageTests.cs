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
    public void A_package_is_paid_when_it_is_started(long count, double price) =>
        RateTable.Package(1_000, 5m).PriceOf(count).Should().Be((decimal)price);

    [Fact]
    public void A_package_price_is_the_packages_started()
    {
        var table = RateTable.Package(10, 5m);
        table.Explain(3, 25).Should().Equal(new TierShare(1, 11, 30, 2, 5m, 10m));
        table.Explain(25, 3).Should().Equal(new TierShare(1, 11, 30, -2, 5m, -10m));
        table.Explain(3, 10).Should().BeEmpty("no new package is started");
    }
}
