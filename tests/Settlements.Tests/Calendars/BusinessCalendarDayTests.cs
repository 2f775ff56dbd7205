using System.Globalization;

namespace Settlements.Tests.Calendars;

/// <summary>Tests of days with an unusual start or length, by the recorded time zone history.</summary>
public sealed class BusinessCalendarDayTests
{
    [Theory]
    [InlineData("Asia/Seoul", "2024-07-01", "2024-06-30T15:00:00Z", 24)]
    [InlineData("Asia/Kolkata", "2024-07-01", "2024-06-30T18:30:00Z", 24)]
    [InlineData("Asia/Kathmandu", "2024-07-01", "2024-06-30T18:15:00Z", 24)]
    [InlineData("Pacific/Chatham", "2024-07-01", "2024-06-30T11:15:00Z", 24)]
    [InlineData("Pacific/Kiritimati", "2024-07-01", "2024-06-30T10:00:00Z", 24)]
    [InlineData("Etc/GMT+12", "2024-07-01", "2024-07-01T12:00:00Z", 24)]
    [InlineData("America/New_York", "2024-03-10", "2024-03-10T05:00:00Z", 23)] // clocks jump at 02:00
    [InlineData("America/New_York", "2024-11-03", "2024-11-03T04:00:00Z", 25)] // clocks fall back at 02:00
    [InlineData("Australia/Lord_Howe", "2024-10-06", "2024-10-05T13:30:00Z", 23.5)] // summer time of half an hour
    [InlineData("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", 23)] // no midnight: the day starts at 01:00
    [InlineData("Africa/Cairo", "2023-04-28", "2023-04-27T22:00:00Z", 23)] // no midnight
    [InlineData("Asia/Beirut", "2022-03-27", "2022-03-26T22:00:00Z", 23)] // no midnight
    [InlineData("Asia/Beirut", "2022-10-29", "2022-10-28T21:00:00Z", 25)] // 24:00 falls back to 23:00 of the same day
    [InlineData("America/Havana", "2023-11-05", "2023-11-05T04:00:00Z", 25)] // 01:00 falls back to 00:00: midnight comes twice
    [InlineData("Atlantic/Azores", "2023-10-29", "2023-10-29T00:00:00Z", 25)] // 01:00 falls back to 00:00
    [InlineData("America/St_Johns", "2010-11-06", "2010-11-06T02:30:00Z", 24)] // ends at the first midnight …
    [InlineData("America/St_Johns", "2010-11-07", "2010-11-07T02:30:00Z", 25)] // … a minute before 00:01 falls back to 23:01
    [InlineData("Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00Z", 24)]
    [InlineData("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", 0)] // skipped by the zone
    [InlineData("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z", 24)]
    [InlineData("Asia/Pyongyang", "2015-08-14", "2015-08-13T15:00:00Z", 24.5)] // UTC+9 to UTC+8:30: 24:00 falls back to 23:30
    [InlineData("Asia/Pyongyang", "2015-08-15", "2015-08-14T15:30:00Z", 24)]
    [InlineData("Asia/Pyongyang", "2018-05-05", "2018-05-04T15:00:00Z", 24)] // 23:30 jumped to 00:00
    [InlineData("Asia/Pyongyang", "2018-05-04", "2018-05-03T15:30:00Z", 23.5)]
    public void A_day_lasts_from_its_first_instant_to_that_of_the_next_day(string zone, string day, string start, double hours)
    {
        var range = new BusinessCalendar(zone).RangeOf(DateOnly.Parse(day, CultureInfo.InvariantCulture));

        range.Start.Should().Be(DateTimeOffset.Parse(start, CultureInfo.InvariantCulture));
        range.Duration.Should().Be(TimeSpan.FromHours(hours));
    }

    [Fact]
    public void A_repeated_hour_across_midnight_belongs_to_the_day_that_has_started()
    {
        var calendar = new BusinessCalendar("America/St_Johns");
        var fallsBack = new DateTimeOffset(2010, 11, 7, 2, 31, 0, TimeSpan.Zero); // local 00:01 becomes 23:01 of the 6th

        calendar.DayOf(fallsBack.AddMinutes(-2)).Should().Be(new DateOnly(2010, 11, 6));
        calendar.DayOf(fallsBack.AddMinutes(-1)).Should().Be(new DateOnly(2010, 11, 7));
        calendar.DayOf(fallsBack).Should().Be(new DateOnly(2010, 11, 7));
        calendar.DayOf(fallsBack.AddMinutes(30)).Should().Be(
            new DateOnly(2010, 11, 7), "the local date is the 6th again, the business day isn't");
    }

    [Fact]
    public void A_day_that_a_zone_skipped_is_empty()
    {
        var calendar = new BusinessCalendar("Pacific/Apia");
        var skipped = calendar.RangeOf(new DateOnly(2011, 12, 30));

        skipped.Start.Should().Be(skipped.End);
        calendar.DayOf(skipped.Start).Should().Be(new DateOnly(2011, 12, 31));
        calendar.DayOf(skipped.Start.AddTicks(-1)).Should().Be(new DateOnly(2011, 12, 29));
    }

    [Fact]
    public void A_range_of_days_covers_the_start_of_the_first_to_the_end_of_the_last_day()
    {
        var calendar = new BusinessCalendar("America/New_York");
        var month = calendar.RangeOf(new DateRange(new(2024, 3, 1), new(2024, 3, 31)));

        month.Start.Should().Be(new DateTimeOffset(2024, 3, 1, 5, 0, 0, TimeSpan.Zero));
        month.End.Should().Be(new DateTimeOffset(2024, 4, 1, 4, 0, 0, TimeSpan.Zero));
    }

    [Theory]
    [InlineData("Asia/Seoul")]
    [InlineData("America/New_York")]
    [InlineData("Pacific/Kiritimati")]
    [InlineData("Etc/GMT+12")]
    public void Days_before_the_first_and_after_the_last_day_of_the_calendar_are_refused(string zone)
    {
        var calendar = new BusinessCalendar(zone);
        var first = calendar.RangeOf(BusinessCalendar.FirstDay);
        var last = calendar.RangeOf(BusinessCalendar.LastDay);

        calendar.DayOf(first.Start).Should().Be(new DateOnly(1900, 1, 1));
        calendar.DayOf(last.End.AddTicks(-1)).Should().Be(new DateOnly(9998, 12, 31));
        Action[] beyond =
        [
            () => calendar.DayOf(first.Start.AddTicks(-1)),
            () => calendar.DayOf(last.End),
            () => calendar.DayOf(DateTimeOffset.MinValue),
            () => calendar.DayOf(DateTimeOffset.MaxValue),
            () => calendar.RangeOf(new DateOnly(1899, 12, 31)),
            () => calendar.RangeOf(new DateOnly(9999, 1, 1)),
            () => calendar.RangeOf(new DateRange(new(1899, 12, 31), new(1900, 1, 1))),
            () => calendar.RangeOf(new DateRange(new(9998, 12, 31), new(9999, 1, 1))),
            () => calendar.PeriodOf(new DateOnly(9999, 1, 1), CalendarPeriod.Day),
        ];
        foreach (var act in beyond)
            act.Should().Throw<ArgumentOutOfRangeException>().WithMessage("*1900-01-01 to 9998-12-31, both included*");
    }
}
