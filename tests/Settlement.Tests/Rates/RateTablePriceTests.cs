using Settlement.Rates;

namespace Settlement.Tests.Rates;

public sealed class RateTablePriceTests
{
    [Fact]
    public void The_worked_figures_come_out_to_the_last_decimal()
    {
        SampleTables.VideoView.PriceBetween(0, 550_000).Should().Be(605_000.3m);
        SampleTables.VideoView.PriceBetween(550_000, 1_150_000).Should().Be(810_000.2m);
        SampleTables.AdView.PriceBetween(0, 1_150_000).Should().Be(16_300_010m);
    }

    [Theory]
    [InlineData(1, 1, 10)]
    [InlineData(99_999, 1, 10)]
    [InlineData(100_000, 1.1, 12)]
    [InlineData(499_999, 1.1, 12)]
    [InlineData(500_000, 1.3, 15)]
    [InlineData(999_999, 1.3, 15)]
    [InlineData(1_000_000, 1.5, 20)]
    [InlineData(1_000_000_000_000_000, 1.5, 20)]
    public void A_unit_costs_what_the_tier_of_its_own_number_says(long unit, double video, double ad)
    {
        SampleTables.VideoView.PriceBetween(unit - 1, unit).Should().Be((decimal)video);
        SampleTables.VideoView.PriceBetween(unit, unit - 1).Should().Be(-(decimal)video);
        SampleTables.AdView.PriceBetween(unit - 1, unit).Should().Be((decimal)ad);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(10, 10)]
    [InlineData(11, 8.8)] // all of them at the second tier's price
    [InlineData(-3, -3)]
    public void Volume_prices_all_units_at_the_tier_that_the_total_reaches(long count, double price) =>
        RateTable.Volume((10, 1m), (null, 0.8m)).PriceOf(count).Should().Be((decimal)price);

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
    public void The_largest_figures_there_are_stay_exact()
    {
        const long most = RateTable.CountMax;
        var table = RateTable.Graduated((most - 1, 999_999.999999m), (null, 1_000_000m));

        table.PriceOf(most).Should().Be(999_999_999_999_000_000_000.000001m);
        table.PriceBetween(-most, most).Should().Be(999_999_999_999_000_000_000.000001m + 999_999_999_999_000_000_000m);
    }

    [Theory]
    [InlineData(RateTable.CountMax + 1)]
    [InlineData(-RateTable.CountMax - 1)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void A_count_beyond_the_limit_is_refused(long count)
    {
        foreach (var table in new[] { SampleTables.VideoView, RateTable.Volume((null, 1m)), RateTable.Flat(1), RateTable.Package(10, 1) })
        {
            Action[] acts =
            [
                () => table.PriceOf(count),
                () => table.PriceBetween(0, count),
                () => table.PriceBetween(count, 0),
                () => table.Explain(0, count),
                () => table.Explain(count, 0),
            ];
            foreach (var act in acts)
            {
                act.Should().Throw<ArgumentOutOfRangeException>().WithMessage(
                    FormattableString.Invariant(
                        $"Count {count} is beyond what a rate table prices, -1000000000000000 to 1000000000000000*"));
            }
        }
    }

    [Fact]
    public void Pricing_allocates_nothing()
    {
        RateTable[] tables = [SampleTables.VideoView, RateTable.Volume((10, 1m), (null, 2m)), RateTable.Flat(2), RateTable.Package(10, 1)];
        var sum = 0m;
        void PriceAll()
        {
            for (var count = 0; count < 1_000; count++)
            {
                foreach (var table in tables)
                    sum += table.PriceBetween(count * 500L, count * 1_500L) + table.PriceOf(count);
            }
        }

        PriceAll();
        Allocations.Least(PriceAll).Should().Be(0);
        sum.Should().BePositive();
    }
}
