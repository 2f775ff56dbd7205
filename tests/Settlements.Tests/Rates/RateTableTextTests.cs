namespace Settlements.Tests.Rates;

public sealed class RateTableTextTests
{
    [Fact]
    public void The_text_has_all_values_of_a_table_in_any_culture() => InEveryCulture.Run(() =>
    {
        RateTable.Graduated((99_999, 1m), (499_999, 1.1m), (999_999, 1.3m), (null, 1.5m)).ToString()
            .Should().Be("graduated over lifetime: 1-99999 at 1, 100000-499999 at 1.1, 500000-999999 at 1.3, 1000000- at 1.5");
        RateTable.Volume((10, 1m), (null, 0.8m)).Over(CounterPeriod.Month).ToString().Should().Be(
            "volume over month: 1-10 at 1, 11- at 0.8");
        RateTable.Flat(0.5m).Over(CounterPeriod.Day).ToString().Should().Be("flat over day: 1- at 0.5");
        RateTable.Package(1_000, 5m).Over(CounterPeriod.Year).ToString().Should().Be("package over year: 1000 units at 5");
        RateTable.Flat(0m).Over(CounterPeriod.Week).ToString().Should().Be("flat over week: 1- at 0");
    });

    [Fact]
    public void Trailing_zeros_of_a_price_do_not_change_the_table()
    {
        var (plain, zeros) = (RateTable.Graduated((10, 1m), (null, 1.1m)), RateTable.Graduated((10, 1.000m), (null, 1.1000000000m)));

        zeros.Should().Be(plain);
        zeros.GetHashCode().Should().Be(plain.GetHashCode());
        zeros.ToString().Should().Be("graduated over lifetime: 1-10 at 1, 11- at 1.1");
        RateTable.Flat(1_000_000.000m).ToString().Should().Be("flat over lifetime: 1- at 1000000");
    }

    [Fact]
    public void Tables_that_differ_in_any_value_are_not_equal()
    {
        RateTable[] tables =
        [
            RateTable.Graduated((null, 1m)), RateTable.Volume((null, 1m)), RateTable.Flat(1m),
            RateTable.Package(1, 1m), RateTable.Package(2, 1m),
            RateTable.Graduated((null, 1.1m)), RateTable.Graduated((10, 1m), (null, 1m)), RateTable.Graduated((11, 1m), (null, 1m)),
            RateTable.Graduated((null, 1m)).Over(CounterPeriod.Day), RateTable.Graduated((null, 1m)).Over(CounterPeriod.Month),
        ];

        tables.Should().OnlyHaveUniqueItems();
        tables[0].Equals(null).Should().BeFalse();
    }

    [Fact]
    public void A_copy_with_another_counter_period_has_the_same_prices()
    {
        var monthly = SampleTables.VideoView.Over(CounterPeriod.Month);

        monthly.CounterPeriod.Should().Be(CounterPeriod.Month);
        monthly.PriceOf(550_000).Should().Be(605_000.3m);
        SampleTables.VideoView.CounterPeriod.Should().Be(CounterPeriod.Lifetime);
        RateTable.Package(10, 2m).Over(CounterPeriod.Day).UnitsPerPackage.Should().Be(10);
        var act = () => monthly.Over((CounterPeriod)9);
        act.Should().Throw<ArgumentOutOfRangeException>().WithMessage(
            "Use Lifetime, Year, Month, Week or Day.*");
    }

    [Fact]
    public void The_tiers_of_a_table_are_read_only()
    {
        RateTier[] tiers = [new(10, 1.0m), new(null, 2m)];
        var table = RateTable.Volume(tiers);
        tiers[0] = new(99, 99m);

        table.Mode.Should().Be(RateMode.Volume);
        table.UnitsPerPackage.Should().Be(1);
        table.Tiers.Should().Equal(new RateTier(10, 1m), new RateTier(null, 2m));
        table.Tiers.Should().NotBeAssignableTo<RateTier[]>();
    }
}
