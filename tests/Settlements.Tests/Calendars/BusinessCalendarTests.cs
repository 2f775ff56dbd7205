using System.Globalization;

namespace Settlements.Tests.Calendars;

public sealed class BusinessCalendarTests
{
    private static readonly BusinessCalendar Seoul = new("Asia/Seoul");

    [Theory]
    [InlineData(DayOfWeek.Monday, "2024-07-03", "2024-07-01..2024-07-07")]
    [InlineData(DayOfWeek.Monday, "2024-07-01", "2024-07-01..2024-07-07")]
    [InlineData(DayOfWeek.Monday, "2024-07-07", "2024-07-01..2024-07-07")]
    [InlineData(DayOfWeek.Monday, "2021-01-01", "2020-12-28..2021-01-03")] // ISO week 53 of 2020
    [InlineData(DayOfWeek.Monday, "2026-12-28", "2026-12-28..2027-01-03")] // ISO week 53 of 2026
    [InlineData(DayOfWeek.Monday, "2027-01-03", "2026-12-28..2027-01-03")]
    [InlineData(DayOfWeek.Sunday, "2024-07-06", "2024-06-30..2024-07-06")]
    [InlineData(DayOfWeek.Sunday, "2024-07-07", "2024-07-07..2024-07-13")]
    [InlineData(DayOfWeek.Saturday, "2024-07-05", "2024-06-29..2024-07-05")]
    [InlineData(DayOfWeek.Saturday, "2024-07-06", "2024-07-06..2024-07-12")]
    [InlineData(DayOfWeek.Monday, "1900-01-01", "1900-01-01..1900-01-07")]
    [InlineData(DayOfWeek.Sunday, "1900-01-01", "1899-12-31..1900-01-06")] // complete, even if it extends beyond the calendar
    public void A_week_has_seven_days_from_the_configured_weekday(DayOfWeek starts, string day, string week) =>
        new BusinessCalendar("Asia/Seoul", starts).PeriodOf(Day(day), CalendarPeriod.Week).ToString().Should().Be(week);

    [Theory]
    [InlineData(CalendarPeriod.Day, "2024-02-29", "2024-02-29..2024-02-29")]
    [InlineData(CalendarPeriod.Month, "2024-02-01", "2024-02-01..2024-02-29")]
    [InlineData(CalendarPeriod.Month, "2023-02-28", "2023-02-01..2023-02-28")]
    [InlineData(CalendarPeriod.Month, "1900-02-28", "1900-02-01..1900-02-28")]
    [InlineData(CalendarPeriod.Month, "2000-02-29", "2000-02-01..2000-02-29")]
    [InlineData(CalendarPeriod.Month, "2024-12-31", "2024-12-01..2024-12-31")]
    [InlineData(CalendarPeriod.Year, "2024-12-31", "2024-01-01..2024-12-31")]
    [InlineData(CalendarPeriod.Year, "9998-01-01", "9998-01-01..9998-12-31")]
    public void Days_months_and_years_are_those_of_the_Gregorian_calendar(CalendarPeriod period, string day, string range) =>
        Seoul.PeriodOf(Day(day), period).ToString().Should().Be(range);

    [Fact]
    public void An_undefined_period_is_refused()
    {
        var act = () => Seoul.PeriodOf(new(2024, 7, 1), (CalendarPeriod)9);
        act.Should().Throw<ArgumentOutOfRangeException>().WithMessage("A period is a day, a week, a month or a year.*");
    }

    [Theory]
    [InlineData("Mars/Olympus", "Time zone 'Mars/Olympus' is not installed on this machine; use an IANA time zone such as "
        + "'Asia/Seoul' or 'Etc/UTC'*tzdata*")]
    [InlineData("", "Time zone '' is not installed on this machine; use an IANA time zone*")]
    [InlineData("Asia", "Time zone 'Asia' is not installed on this machine*")]
    [InlineData("Korea Standard Time", "Time zone 'Korea Standard Time' is not an IANA name; use 'Asia/Seoul'.*")]
    [InlineData("localtime", "Time zone 'localtime' depends on the machine; use an IANA time zone*")]
    [InlineData("right/Asia/Seoul", "Time zone 'right/Asia/Seoul' depends on the machine*")]
    public void A_zone_without_an_IANA_name_is_refused_with_its_name_and_a_remedy(string zone, string message)
    {
        var act = () => new BusinessCalendar(zone);
        act.Should().Throw<ArgumentException>().WithMessage(message).And.ParamName.Should().Be("timeZoneId");
    }

    [Fact]
    public void An_undefined_first_day_of_the_week_is_refused()
    {
        var act = () => new BusinessCalendar("Asia/Seoul", (DayOfWeek)7);
        act.Should().Throw<ArgumentOutOfRangeException>().WithMessage("A week starts on a day from Sunday (0) to Saturday (6).*");
    }

    [Fact]
    public void The_text_names_the_zone_and_the_first_day_of_the_week()
    {
        Seoul.ToString().Should().Be("Asia/Seoul, weeks from Monday");
        new BusinessCalendar("America/New_York", DayOfWeek.Sunday).ToString().Should().Be("America/New_York, weeks from Sunday");
    }

    [Fact]
    public void An_instants_offset_does_not_change_its_day()
    {
        var instant = new DateTimeOffset(2024, 6, 30, 15, 0, 0, TimeSpan.Zero);
        Seoul.DayOf(instant).Should().Be(new DateOnly(2024, 7, 1));
        Seoul.DayOf(instant.ToOffset(TimeSpan.FromHours(-8))).Should().Be(new DateOnly(2024, 7, 1));
        Seoul.DayOf(instant.AddTicks(-1)).Should().Be(new DateOnly(2024, 6, 30));
    }

    [Fact]
    public void Finding_the_day_of_an_instant_allocates_nothing()
    {
        var calendar = new BusinessCalendar("America/New_York");
        var instant = new DateTimeOffset(2024, 7, 1, 0, 0, 0, TimeSpan.Zero);
        var days = Enumerable.Range(0, 2000).Select(minute => instant.AddMinutes(minute)).ToArray();
        foreach (var warm in days)
            calendar.DayOf(warm);

        Allocations.Least(() =>
        {
            foreach (var again in days)
                calendar.DayOf(again);
        }).Should().Be(0);
    }

    [Fact]
    public void Concurrent_threads_find_the_same_days_as_a_single_thread()
    {
        var alone = new BusinessCalendar("America/St_Johns");
        var shared = new BusinessCalendar("America/St_Johns");
        var start = new DateTimeOffset(2006, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var instants = Enumerable.Range(0, 4_000).Select(index => start.AddMinutes(index * 601L)).ToArray();
        var expected = instants.Select(instant => alone.DayOf(instant)).ToArray();

        Parallel.For(0, 4, _ => instants.Select(instant => shared.DayOf(instant)).Should().Equal(expected));
    }

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
