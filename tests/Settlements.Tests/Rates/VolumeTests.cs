namespace Settlements.Tests.Rates;

public sealed class VolumeTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(10, 10)]
    [InlineData(11, 8.8)] // all of them at the second tier's price
    [InlineData(-3, -3)]
    public void Volume_prices_all_units_at_the_tier_that_the_total_reaches(long count, double price) =>
        RateTable.Volume((10, 1m), (null, 0.8m)).PriceOf(count).Should().Be((decimal)price);

    [Fact]
    public void A_volume_price_is_the_total_after_less_the_total_before() =>
        RateTable.Volume((10, 1m), (null, 0.8m)).Explain(4, 11).Should().Equal(
            new TierShare(2, 1, 11, 11, 0.8m, 8.8m),
            new TierShare(1, 1, 4, -4, 1m, -4m));

    [Fact]
    public void A_volume_total_below_zero_is_the_first_tiers() =>
        RateTable.Volume((10, 1m), (null, 0.8m)).Explain(0, -3).Should().Equal(new TierShare(1, -2, 0, -3, 1m, -3m));
}
