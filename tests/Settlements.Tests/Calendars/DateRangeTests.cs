using System.Globalization;
using Settlements.Stores;

namespace Settlements.Tests.Calendars;

public sealed class DateRangeTests
{
    private static readonly DateRange Week = new(new(2024, 7, 1), new(2024, 7, 7));

    [Fact]
    public void A_range_contains_both_ends_and_not_the_adjacent_days()
    {
        Week.Contains(new(2024, 7, 1)).Should().BeTrue();
        Week.Contains(new(2024, 7, 7)).Should().BeTrue();
        Week.Contains(new(2024, 6, 30)).Should().BeFalse();
        Week.Contains(new(2024, 7, 8)).Should().BeFalse();
        Week.Days.Should().Be(7);
    }

    [Fact]
    public void Enumerating_a_range_returns_every_day_in_order() =>
        Week.Each().Should().Equal(Enumerable.Range(1, 7).Select(day => new DateOnly(2024, 7, day)));

    [Fact]
    public void A_range_of_one_day_contains_that_day() =>
        new DateRange(DateOnly.MaxValue, DateOnly.MaxValue).Each().Should().Equal(DateOnly.MaxValue);

    [Fact]
    public void A_range_that_ends_before_it_starts_is_refused_with_both_days()
    {
        var act = () => new DateRange(new(2024, 7, 7), new(2024, 7, 1));
        act.Should().Throw<ArgumentOutOfRangeException>().WithMessage("*2024-07-01*2024-07-07*");
    }

    [Fact]
    public void The_text_is_the_same_in_every_culture()
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("ar-SA");
            Week.ToString().Should().Be("2024-07-01..2024-07-07");
            new UtcRange(new(2024, 7, 1, 0, 0, 0, TimeSpan.FromHours(9)), new(2024, 7, 1, 0, 0, 0, 500, TimeSpan.Zero))
                .ToString().Should().Be("2024-06-30T15:00:00Z..2024-07-01T00:00:00.5Z");
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }
}
