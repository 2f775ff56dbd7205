using Settlements.Stores;

namespace Settlements.Tests.BusinessDays;

/// <summary>Days meet exactly, also where the zone's rules changed since they were closed.</summary>
public sealed class RecordedCalendarTests
{
    private static readonly BusinessCalendar Seoul = new("Asia/Seoul");
    private static readonly DateOnly Monday = new(2024, 7, 1);

    [Fact]
    public void Without_recorded_days_the_zone_rules_apply()
    {
        var settled = new RecordedCalendar(Seoul, []);

        settled.FirstRecorded.Should().BeNull();
        settled.RangeOf(Monday).Should().Be(Seoul.RangeOf(Monday));
        settled.DayOf(Seoul.RangeOf(Monday).Start).Should().Be(Monday);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(-30)]
    public void The_first_open_day_starts_where_the_last_recorded_one_ended(int hours)
    {
        var settled = Recorded(TimeSpan.FromHours(hours));
        var (sunday, tuesday) = (Monday.AddDays(-1), Monday.AddDays(1));

        settled.RangeOf(Monday).End.Should().Be(Seoul.RangeOf(Monday).End.AddHours(hours), "the recorded range of a published day applies");
        settled.RangeOf(tuesday).Should().Be(new UtcRange(Seoul.RangeOf(Monday).End.AddHours(hours), Seoul.RangeOf(tuesday).End));
        settled.RangeOf(tuesday.AddDays(1)).Should().Be(Seoul.RangeOf(tuesday.AddDays(1)));
        settled.RangeOf(sunday.AddDays(-1)).Should().Be(Seoul.RangeOf(sunday.AddDays(-1)), "before the first recorded day the rules apply");
    }

    [Fact]
    public void A_day_entirely_before_the_end_of_the_last_recorded_day_is_empty()
    {
        var settled = Recorded(TimeSpan.FromHours(30));

        settled.RangeOf(Monday.AddDays(1)).Duration.Should().Be(TimeSpan.Zero);
        settled.RangeOf(Monday.AddDays(1)).Start.Should().Be(settled.RangeOf(Monday).End);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(-30)]
    public void Every_instant_belongs_to_the_day_whose_range_contains_it(int hours)
    {
        var settled = Recorded(TimeSpan.FromHours(hours));
        var (first, end) = (Seoul.RangeOf(Monday.AddDays(-4)).Start, Seoul.RangeOf(Monday.AddDays(4)).Start);
        for (var instant = first; instant < end; instant = instant.AddMinutes(30))
        {
            var day = settled.DayOf(instant);
            settled.RangeOf(day).Contains(instant).Should().BeTrue("{0} is in {1}, {2}", instant, day, settled.RangeOf(day));
        }
    }

    /// <summary>Saturday to Monday are published; Monday's end is moved.</summary>
    private static RecordedCalendar Recorded(TimeSpan moved) => new(Seoul, Enumerable.Range(-2, 3).Select(i =>
    {
        var (day, range) = (Monday.AddDays(i), Seoul.RangeOf(Monday.AddDays(i)));
        range = new UtcRange(
            range.Start < range.End + moved || i < 0 ? range.Start : range.End + moved, i == 0 ? range.End + moved : range.End);
        return new BusinessDay(day, DayState.Published, range, Seoul.ToString(), i + 10, null);
    }));
}
