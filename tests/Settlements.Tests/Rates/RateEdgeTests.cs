namespace Settlements.Tests.Rates;

/// <summary>Tests of edge cases that mutation testing found untested.</summary>
public sealed class RateEdgeTests
{
    private static readonly DateOnly June = new(2024, 6, 1);

    [Fact]
    public void A_tier_may_hold_one_unit() =>
        RateTable.GraduatedSpans((1, 1, 5m), (2, 2, 3m), (3, null, 1m)).PriceOf(3).Should().Be(9m);

    [Fact]
    public void A_second_tier_that_starts_at_1_overlaps_the_first()
    {
        var make = () => RateTable.GraduatedSpans((1, 10, 5m), (1, null, 1m));

        make.Should().Throw<RateTableException>().Which.Errors.Should().ContainSingle(
            fault => fault.Contains("tier 2", StringComparison.Ordinal));
    }

    [Fact]
    public void Earlier_units_of_a_volume_table_are_numbered_from_1()
    {
        var taken = RateTable.Volume((10, 2m), (null, 1m)).Explain(before: 1, after: 3)[^1];

        (taken.FirstUnit, taken.LastUnit, taken.Units).Should().Be((1L, 1L, -1L));
    }

    [Fact]
    public void Null_is_refused_with_the_name_of_its_parameter()
    {
        var actions = new Dictionary<string, Action>
        {
            ["spans"] = () => RateTable.GraduatedSpans(null!),
            ["table"] = () => MeterRates.Build("m", rates => rates.Version("v", June, Currency.KRW, null!)),
            ["currency"] = () => MeterRates.Build("m", rates => rates.Flat("v", June, null!, 1m)),
            ["tiers"] = () => MeterRates.Build("m", rates => rates.Graduated("v", June, Currency.KRW, null!)),
        };

        foreach (var (parameter, action) in actions)
            action.Should().Throw<ArgumentNullException>().WithParameterName(parameter);
        FluentActions.Invoking(() => RateTable.Graduated(null!)).Should().Throw<ArgumentNullException>().WithParameterName("tiers");
    }
}
