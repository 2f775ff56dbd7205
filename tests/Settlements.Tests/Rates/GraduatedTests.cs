namespace Settlements.Tests.Rates;

public sealed class GraduatedTests
{
    [Theory]
    [InlineData(1, 1, 10)]
    [InlineData(99_999, 1, 10)]
    [InlineData(100_000, 1.1, 12)]
    [InlineData(499_999, 1.1, 12)]
    [InlineData(500_000, 1.3, 15)]
    [InlineData(999_999, 1.3, 15)]
    [InlineData(1_000_000, 1.5, 20)]
    [InlineData(1_000_000_000_000_000, 1.5, 20)]
    public void A_unit_has_the_price_of_the_tier_that_contains_its_number(long unit, double video, double ad)
    {
        SampleTables.VideoView.PriceBetween(unit - 1, unit).Should().Be((decimal)video);
        SampleTables.VideoView.PriceBetween(unit, unit - 1).Should().Be(-(decimal)video);
        SampleTables.AdView.PriceBetween(unit - 1, unit).Should().Be((decimal)ad);
    }

    [Fact]
    public void The_explanation_of_a_graduated_price_has_a_part_for_each_tier_used() =>
        SampleTables.VideoView.Explain(0, 550_000).Should().BeEquivalentTo(
            [new TierShare(1, 1, 99_999, 99_999, 1m, 99_999m),
            new TierShare(2, 100_000, 499_999, 400_000, 1.1m, 440_000m),
            new TierShare(3, 500_000, 550_000, 50_001, 1.3m, 65_001.3m)], o => o.WithStrictOrdering());

    [Fact]
    public void Reverted_units_have_the_negative_price_of_the_same_units() =>
        SampleTables.VideoView.Explain(100_001, 99_998).Should().BeEquivalentTo(
            [new TierShare(1, 99_999, 99_999, -1, 1m, -1m),
            new TierShare(2, 100_000, 100_001, -2, 1.1m, -2.2m)], o => o.WithStrictOrdering());

    [Fact]
    public void Units_below_1_have_the_price_of_the_first_tier() =>
        SampleTables.VideoView.Explain(1, -2).Should().BeEquivalentTo([new TierShare(1, -1, 1, -3, 1m, -3m)], o => o.WithStrictOrdering());
}
