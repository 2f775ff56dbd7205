namespace Settlements.Tests.Rates;

public sealed class FlatTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 1.5)]
    [InlineData(-3, -1.5)]
    public void Every_unit_of_a_flat_table_has_the_same_price(long count, double price)
    {
        RateTable.Flat(0.5m).PriceOf(count).Should().Be((decimal)price);
        RateTable.Flat(0.5m).PriceBetween(10, 10 + count).Should().Be((decimal)price);
    }

    [Fact]
    public void The_explanation_of_a_flat_price_has_one_part() =>
        RateTable.Flat(0.5m).Explain(10, 14).Should().BeEquivalentTo([new TierShare(1, 11, 14, 4, 0.5m, 2m)], o => o.WithStrictOrdering());
}
