using FsCheck;
using FsCheck.Xunit;

namespace Settlements.Tests.Calendars;

/// <summary>Properties of days, in zones with all kinds of clock changes.</summary>
public sealed class BusinessCalendarPropertyTests
{
    private static readonly BusinessCalendar[] Calendars = new[]
    {
        "Asia/Seoul", "Etc/UTC", "America/St_Johns", "Pacific/Apia", "America/Sao_Paulo", "Asia/Beirut", "America/Havana",
        "Atlantic/Azores", "Africa/Cairo", "Asia/Pyongyang", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Kwajalein",
        "Africa/Casablanca", "Europe/Dublin",
    }.Select(zone => new BusinessCalendar(zone)).ToArray();

    private static readonly DateTimeOffset FencingToken = new(1960, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Property(MaxTest = 2000)]
    public void A_day_starts_where_the_day_before_ends(byte zone, ushort day)
    {
        var calendar = Calendars[zone % Calendars.Length];
        var date = new DateOnly(1960, 1, 1).AddDays(day % 36_500);

        calendar.RangeOf(date.AddDays(1)).Start.Should().Be(calendar.RangeOf(date).End);
    }

    [Property(MaxTest = 2000)]
    public void An_instant_belongs_to_exactly_one_day(byte zone, uint second, uint ticks)
    {
        var calendar = Calendars[zone % Calendars.Length];
        var instant = FencingToken.AddSeconds(second % 3_153_600_000).AddTicks(ticks % TimeSpan.TicksPerSecond);
        var day = calendar.DayOf(instant);

        calendar.RangeOf(day).Contains(instant).Should().BeTrue();
        calendar.RangeOf(day.AddDays(-1)).Contains(instant).Should().BeFalse();
        calendar.RangeOf(day.AddDays(1)).Contains(instant).Should().BeFalse();
    }

    [Property(MaxTest = 2000)]
    public void A_later_instant_is_never_in_an_earlier_day(byte zone, uint second, ushort later)
    {
        var calendar = Calendars[zone % Calendars.Length];
        var instant = FencingToken.AddSeconds(second % 3_153_600_000);

        calendar.DayOf(instant.AddSeconds(later)).Should().BeOnOrAfter(calendar.DayOf(instant));
    }

    [Property(MaxTest = 2000)]
    public void A_period_is_the_same_for_each_of_its_days(byte starts, byte kind, ushort day)
    {
        var calendar = new BusinessCalendar("Asia/Seoul", (DayOfWeek)(starts % 7));
        var (date, period) = (new DateOnly(1960, 1, 1).AddDays(day), (CalendarPeriod)(kind % 4));
        var range = calendar.PeriodOf(date, period);

        range.Contains(date).Should().BeTrue();
        range.Each().Should().OnlyContain(other => calendar.PeriodOf(other, period) == range);
        calendar.PeriodOf(range.Last.AddDays(1), period).First.Should().Be(range.Last.AddDays(1));
        if (period == CalendarPeriod.Week)
            range.Should().Match<DateRange>(week => week.Days == 7 && week.First.DayOfWeek == calendar.WeekStartsOn);
    }
}
