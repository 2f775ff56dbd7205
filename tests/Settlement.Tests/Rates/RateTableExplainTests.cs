using Settlement.Rates;

namespace Settlement.Tests.Rates;

public sealed class RateTableExplainTests
{
    [Fact]
    public void A_graduated_price_has_a_part_for_each_tier_that_it_touches() =>
        SampleTables.VideoView.Explain(0, 550_000).Should().Equal(
            new TierShare(1, 1, 99_999, 99_999, 1m, 99_999m),
            new TierShare(2, 100_000, 499_999, 400_000, 1.1m, 440_000m),
            new TierShare(3, 500_000, 550_000, 50_001, 1.3m, 65_001.3m));

    [Fact]
    public void Units_taken_back_are_the_same_units_with_the_sign_turned() =>
        SampleTables.VideoView.Explain(100_001, 99_998).Should().Equal(
            new TierShare(1, 99_999, 99_999, -1, 1m, -1m),
            new TierShare(2, 100_000, 100_001, -2, 1.1m, -2.2m));

    [Fact]
    public void Units_below_1_are_the_first_tiers() =>
        SampleTables.VideoView.Explain(1, -2).Should().Equal(new TierShare(1, -1, 1, -3, 1m, -3m));

    [Fact]
    public void A_volume_price_is_the_total_after_less_the_total_before() =>
        RateTable.Volume((10, 1m), (null, 0.8m)).Explain(4, 11).Should().Equal(
            new TierShare(2, 1, 11, 11, 0.8m, 8.8m),
            new TierShare(1, 1, 4, -4, 1m, -4m));

    [Fact]
    public void A_volume_total_below_zero_is_the_first_tiers() =>
        RateTable.Volume((10, 1m), (null, 0.8m)).Explain(0, -3).Should().Equal(new TierShare(1, -2, 0, -3, 1m, -3m));

    [Fact]
    public void A_package_price_is_the_packages_started()
    {
        var table = RateTable.Package(10, 5m);
        table.Explain(3, 25).Should().Equal(new TierShare(1, 11, 30, 2, 5m, 10m));
        table.Explain(25, 3).Should().Equal(new TierShare(1, 11, 30, -2, 5m, -10m));
        table.Explain(3, 10).Should().BeEmpty("no new package is started");
    }

    [Fact]
    public void A_flat_price_is_one_part() =>
        RateTable.Flat(0.5m).Explain(10, 14).Should().Equal(new TierShare(1, 11, 14, 4, 0.5m, 2m));

    [Fact]
    public void A_count_that_stays_has_no_parts()
    {
        SampleTables.VideoView.Explain(100_000, 100_000).Should().BeEmpty();
        RateTable.Volume((null, 1m)).Explain(5, 5).Should().BeEmpty();
    }
}
