namespace Settlements.Tests.Rates;

public sealed class RateTableFaultTests
{
    private const string NothingFrom500000 = "has a gap: nothing prices unit 500000 and above; end with a tier whose UpTo is null";

    [Fact]
    public void A_table_without_tiers_is_an_error() =>
        Faults(() => RateTable.Graduated()).Should().Equal("has no tiers; add at least one, whose UpTo is null");

    [Fact]
    public void A_tier_that_ends_below_1_is_an_error() =>
        Faults(() => RateTable.Graduated((0, 1m), (-5, 1m), (null, 1m))).Should().Equal(
            "tier 1 is up to 0, but units are numbered from 1", "tier 2 is up to -5, but units are numbered from 1");

    [Fact]
    public void A_tier_that_ends_below_the_previous_one_is_an_error() =>
        Faults(() => RateTable.Graduated((99_999, 1m), (499_999, 1.1m), (400_000, 1.3m), (null, 1.5m)))
            .Should().Equal("tier 3 is up to 400000, below tier 2 (499999)");

    [Fact]
    public void A_tier_that_ends_with_the_previous_one_is_an_error() =>
        Faults(() => RateTable.Volume((99_999, 1m), (499_999, 1.1m), (499_999, 1.3m), (null, 1.5m)))
            .Should().Equal("tier 3 is up to 499999, the same as tier 2");

    [Fact]
    public void An_open_tier_that_is_not_the_last_is_an_error() =>
        Faults(() => RateTable.Graduated((10, 1m), (null, 2m), (null, 3m)))
            .Should().Equal("tier 2 has no end, but is not the last of 3 tiers; set its last unit");

    [Fact]
    public void A_last_tier_that_is_not_open_is_an_error() =>
        Faults(() => RateTable.Graduated((99_999, 1m), (499_999, 1.1m))).Should().Equal(NothingFrom500000);

    [Fact]
    public void A_tier_that_ends_over_the_limit_is_an_error() =>
        Faults(() => RateTable.Graduated((RateTable.CountMax + 1, 1m), (long.MaxValue, 1m))).Should().Equal(
            "tier 1 is up to 1000000000000001, over the limit of 1000000000000000",
            "tier 2 is up to 9223372036854775807, over the limit of 1000000000000000",
            "has a gap: nothing prices unit 1 and above; end with a tier whose UpTo is null");

    [Fact]
    public void Negative_overlong_and_excessive_prices_are_errors() => InEveryCulture.Run(() =>
        Faults(() => RateTable.Graduated((1, -0.5m), (2, 1_000_000.5m), (3, 0.1234567m), (null, -0.0000001m))).Should().Equal(
            "tier 1 has the price -0.5, below 0",
            "tier 2 has the price 1000000.5, over the limit of 1000000",
            "tier 3 has the price 0.1234567, with more than 6 decimals",
            "tier 4 has the price -0.0000001, below 0",
            "tier 4 has the price -0.0000001, with more than 6 decimals"));

    [Fact]
    public void All_errors_of_a_table_are_reported_at_once()
    {
        var act = () => RateTable.Graduated((499_999, -1m), (400_000, 1m), (null, 1m), (499_999, 2_000_000m));
        var refused = act.Should().Throw<RateTableException>().Which;

        refused.Errors.Should().Equal(
            "tier 1 has the price -1, below 0",
            "tier 2 is up to 400000, below tier 1 (499999)",
            "tier 3 has no end, but is not the last of 4 tiers; set its last unit",
            "tier 4 is up to 499999, the same as tier 1",
            "tier 4 has the price 2000000, over the limit of 1000000",
            NothingFrom500000);
        refused.Message.Should().StartWith("Rate table: tier 1 has the price -1, below 0.\n")
            .And.EndWith($"\nRate table {NothingFrom500000}.");
    }

    [Fact]
    public void A_negative_flat_price_is_an_error() => Faults(() => RateTable.Flat(-1)).Should().Equal("the price is -1, below 0");

    [Fact]
    public void An_invalid_package_is_an_error()
    {
        Faults(() => RateTable.Package(0, 1_000_001m)).Should().Equal(
            "a package has 0 units; use 1 to 1000000000", "the price is 1000001, over the limit of 1000000");
        Faults(() => RateTable.Package(1_000_000_001, 1m)).Should().Equal(
            "a package has 1000000001 units; use 1 to 1000000000");
    }

    [Fact]
    public void Values_equal_to_the_limits_are_accepted()
    {
        RateTable.Graduated((RateTable.CountMax, RateTable.PriceMax), (null, 0.000001m)).Tiers.Should().HaveCount(2);
        RateTable.Package(RateTable.PackageUnitsMax, 0m).PriceOf(RateTable.CountMax).Should().Be(0);
    }

    [Fact]
    public void Adjacent_spans_give_the_same_table_as_their_ends()
    {
        RateTable.GraduatedSpans((1, 99_999, 1m), (100_000, 499_999, 1.1m), (500_000, 999_999, 1.3m), (1_000_000, null, 1.5m))
            .Should().Be(SampleTables.VideoView);
        RateTable.VolumeSpans((1, 10, 1m), (11, null, 2m)).Should().Be(RateTable.Volume((10, 1m), (null, 2m)));
    }

    [Fact]
    public void A_gap_between_spans_is_an_error() =>
        Faults(() => RateTable.GraduatedSpans((1, 99_999, 1m), (100_000, 499_999, 1.1m), (600_000, null, 1.3m)))
            .Should().Equal("has a gap: tier 2 ends at 499999, tier 3 starts at 600000");

    [Fact]
    public void Overlapping_spans_are_an_error() =>
        Faults(() => RateTable.VolumeSpans((1, 99_999, 1m), (100_000, 499_999, 1.1m), (499_999, null, 1.3m)))
            .Should().Equal("tiers 2 and 3 overlap: tier 2 ends at 499999, tier 3 starts at 499999");

    [Fact]
    public void Spans_that_do_not_start_at_1_are_an_error()
    {
        Faults(() => RateTable.GraduatedSpans((0, null, 1m))).Should().Equal("tier 1 starts at 0, but units are numbered from 1");
        Faults(() => RateTable.GraduatedSpans((5, null, 1m))).Should().Equal("has a gap: nothing prices units 1 to 4; start tier 1 at 1");
        Faults(() => RateTable.GraduatedSpans((1, 10, 1m), (11, 10, 1m), (11, null, 1m))).Should().Equal(
            "tier 2 starts at 11, after its end 10", "tier 2 is up to 10, the same as tier 1");
        Faults(() => RateTable.GraduatedSpans()).Should().Equal("has no tiers; add at least one, whose UpTo is null");
    }

    private static IReadOnlyList<string> Faults(Func<RateTable> make) => make.Should().Throw<RateTableException>().Which.Errors;
}
