using System.Globalization;
using Settlement.Calendars;
using Settlement.Lines;
using Settlement.Rates;

namespace Settlement.Tests.Lines;

/// <summary>2024-07-10 is a Wednesday: of the week from Monday the 8th, of July, of 2024.</summary>
public sealed class ItemCounterTests
{
    private static readonly BusinessCalendar Calendar = new("Asia/Seoul");

    private static readonly ItemCounter Wednesday = new(
        "video.view", "video-1", new DateOnly(2024, 7, 10), "ann", Quantity: 10, Life: 1000, Year: 400, Month: 100, Week: 40,
        new PaidSoFar(50.5m, 50m), new EarlierDay(new DateOnly(2024, 7, 9), "bob", new PaidSoFar(40.5m, 40m)));

    [Theory]
    [InlineData("2024-07-10", "2024-07-11", 1000, 400, 100, 40)]
    [InlineData("2024-07-10", "2024-07-15", 1000, 400, 100, 0)]
    [InlineData("2024-07-31", "2024-08-01", 1000, 400, 0, 40)] // a week that lies in two months
    [InlineData("2024-07-10", "2024-09-02", 1000, 400, 0, 0)]
    [InlineData("2024-07-10", "2025-07-10", 1000, 0, 0, 0)]
    [InlineData("2024-12-31", "2025-01-01", 1000, 0, 0, 40)]
    [InlineData("2024-07-10", "2024-07-10", 990, 390, 90, 30)] // its own day, taken back
    public void A_later_day_begins_with_the_counts_of_the_periods_that_go_on(string counted, string day, long life, long year, long month, long week)
    {
        var at = (Wednesday with { Day = Date(counted) }).At(Date(day), CountedOver.Life, Calendar);

        at.Should().BeEquivalentTo(new { Day = Date(day), Quantity = 0L, Life = life, Year = year, Month = month, Week = week });
    }

    [Theory]
    [InlineData(CountedOver.Life, "2025-07-10", true)]
    [InlineData(CountedOver.Year, "2024-12-31", true)]
    [InlineData(CountedOver.Year, "2025-01-01", false)]
    [InlineData(CountedOver.Month, "2024-07-31", true)]
    [InlineData(CountedOver.Month, "2024-08-01", false)]
    [InlineData(CountedOver.Week, "2024-07-14", true)]
    [InlineData(CountedOver.Week, "2024-07-15", false)]
    [InlineData(CountedOver.Day, "2024-07-11", false)]
    public void What_was_paid_goes_on_as_long_as_the_count_does(CountedOver over, string day, bool goesOn) =>
        Wednesday.At(Date(day), over, Calendar).Paid.Should().Be(goesOn ? Wednesday.Paid : default);

    [Theory]
    [InlineData(CountedOver.Life, true)]
    [InlineData(CountedOver.Week, true)] // the day before was Tuesday
    [InlineData(CountedOver.Day, false)]
    public void A_day_taken_back_leaves_what_was_paid_with_the_day_before(CountedOver over, bool goesOn)
    {
        var at = Wednesday.At(Wednesday.Day, over, Calendar);

        at.Paid.Should().Be(goesOn ? new PaidSoFar(40.5m, 40m) : default);
        at.Earlier.Should().Be(Wednesday.Earlier);
    }

    [Fact]
    public void The_first_day_taken_back_leaves_nothing_paid() =>
        (Wednesday with { Earlier = null }).At(Wednesday.Day, CountedOver.Life, Calendar).Paid.Should().Be(default(PaidSoFar));

    [Fact]
    public void A_later_day_remembers_the_counters_own() =>
        Wednesday.At(new DateOnly(2024, 7, 11), CountedOver.Life, Calendar).Earlier.Should().Be(new EarlierDay(Wednesday.Day, "ann", Wednesday.Paid));

    [Fact]
    public void A_day_before_the_counters_own_is_refused()
    {
        var earlier = () => Wednesday.At(new DateOnly(2024, 7, 9), CountedOver.Life, Calendar);

        earlier.Should().Throw<InvalidOperationException>().WithMessage("Item 'video-1' of meter 'video.view' is counted up to 2024-07-10, so 2024-07-09 *");
    }

    [Fact]
    public void More_units_count_over_everything()
    {
        var more = Wednesday.Add(5, "eve");

        more.Should().Be(Wednesday with { PayeeId = "eve", Quantity = 15, Life = 1005, Year = 405, Month = 105, Week = 45 });
        Enum.GetValues<CountedOver>().Select(more.Count).Should().Equal(1005, 405, 105, 45, 15);
    }

    private static DateOnly Date(string text) => DateOnly.Parse(text, CultureInfo.InvariantCulture);
}
