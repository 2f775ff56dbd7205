namespace Settlements.Tests.Rates;

public sealed class VolumeTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(10, 10)]
    [InlineData(11, 8.8)] // all of them at the second tier's price
    [InlineData(-3, -3)]
    public void All_units_of_a_volume_table_have_the_price_of_the_tier_that_the_total_reaches(long count, double price) =>
        RateTable.Volume((10, 1m), (null, 0.8m)).PriceOf(count).Should().Be((decimal)price);

    [Fact]
    public void A_volume_price_is_the_difference_of_the_totals_after_and_before() =>
        RateTable.Volume((10, 1m), (null, 0.8m)).Explain(4, 11).Should().BeEquivalentTo(
            [new TierShare(2, 1, 11, 11, 0.8m, 8.8m),
            new TierShare(1, 1, 4, -4, 1m, -4m)], o => o.WithStrictOrdering());

    [Fact]
    public void A_volume_total_below_zero_has_the_price_of_the_first_tier() =>
        RateTable.Volume((10, 1m), (null, 0.8m)).Explain(0, -3).Should().BeEquivalentTo(
            [new TierShare(1, -2, 0, -3, 1m, -3m)], o => o.WithStrictOrdering());
}
