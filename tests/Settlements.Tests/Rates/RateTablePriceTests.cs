namespace Settlements.Tests.Rates;

public sealed class RateTablePriceTests
{
    [Fact]
    public void Prices_equal_the_worked_figures_to_the_last_decimal()
    {
        SampleTables.VideoView.PriceBetween(0, 550_000).Should().Be(605_000.3m);
        SampleTables.VideoView.PriceBetween(550_000, 1_150_000).Should().Be(810_000.2m);
        SampleTables.AdView.PriceBetween(0, 1_150_000).Should().Be(16_300_010m);
    }

    [Fact]
    public void Prices_of_the_maximum_counts_are_exact()
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
                        $"Count {count} is out of range. Use -1000000000000000 to 1000000000000000*"));
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

    [Fact]
    public void The_explanation_of_an_unchanged_count_has_no_parts()
    {
        SampleTables.VideoView.Explain(100_000, 100_000).Should().BeEmpty();
        RateTable.Volume((null, 1m)).Explain(5, 5).Should().BeEmpty();
    }
}
