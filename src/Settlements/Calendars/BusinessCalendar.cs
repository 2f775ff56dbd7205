using System.Globalization;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// What a business day is: a local date of one named time zone, and what a week, a month and a year of them are.
/// </summary>
/// <remarks>
/// <para>A day starts at the earliest instant whose local time is at or past that date's 00:00, and ends where the next day starts.
/// So days follow one another without gap or overlap, whatever the clocks do: on 23- and 25-hour days, where clocks jump over
/// midnight, and where they fall back past it (the hour before midnight that is lived twice belongs, the second time, to the day
/// that has already started). A day that the zone left out whole is an empty range, and no instant is in it.</para>
/// <para>Offsets come from the operating system's time zone data, which .NET keeps to the minute.</para>
/// <para>Immutable to its callers and thread-safe: the days found are remembered, without locks.</para>
/// </remarks>
/// <example>
/// <code>
/// var calendar = new BusinessCalendar("America/New_York");
/// var day = calendar.DayOf(new DateTimeOffset(2024, 7, 2, 3, 30, 0, TimeSpan.Zero)); // 2024-07-01
/// var range = calendar.RangeOf(day); // from 04:00 UTC to the next day's 04:00 UTC, which is not in it
/// var month = calendar.PeriodOf(day, CalendarPeriod.Month);
/// </code>
/// </example>
public sealed class BusinessCalendar
{
    /// <summary>The first day that a calendar knows, included: 1900-01-01.</summary>
    public static readonly DateOnly FirstDay = new(1900, 1, 1);

    /// <summary>The last day that a calendar knows, included: 9998-12-31. It ends where 9999-01-01 starts.</summary>
    public static readonly DateOnly LastDay = new(9998, 12, 31);

    /// <summary>How many days are remembered: a year of late events and some, at about 40 bytes each. A power of two.</summary>
    private const int RememberedDaysMax = 512;

    private readonly Day?[] _days = new Day?[RememberedDaysMax];
    private readonly DayBoundaries _boundaries;
    private readonly long _usualOffsetTicks;

    /// <summary>A calendar of one time zone.</summary>
    /// <param name="timeZoneId">The IANA name of the zone, such as <c>Asia/Seoul</c>. Never the machine's own zone.</param>
    /// <param name="weekStartsOn">The first day of a week. Monday, as in ISO 8601, unless said otherwise.</param>
    /// <exception cref="ArgumentNullException"><paramref name="timeZoneId"/> is null.</exception>
    /// <exception cref="ArgumentException">The zone isn't known to this machine, or the name isn't an IANA name.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="weekStartsOn"/> isn't a day of the week.</exception>
    public BusinessCalendar(string timeZoneId, DayOfWeek weekStartsOn = DayOfWeek.Monday)
    {
        if (!Enum.IsDefined(weekStartsOn))
        {
            throw new ArgumentOutOfRangeException(
                nameof(weekStartsOn), weekStartsOn, "A week starts on a day from Sunday (0) to Saturday (6).");
        }

        var (zone, id) = NamedTimeZone.Find(timeZoneId, nameof(timeZoneId));
        TimeZoneId = id;
        WeekStartsOn = weekStartsOn;
        _boundaries = new(zone);
        _usualOffsetTicks = zone.BaseUtcOffset.Ticks;
    }

    /// <summary>
    /// The present IANA name of the time zone: <c>America/New_York</c> also for a calendar of <c>US/Eastern</c>. The same zone under another name
    /// is the same calendar.
    /// </summary>
    public string TimeZoneId { get; }

    /// <summary>The first day of a week.</summary>
    public DayOfWeek WeekStartsOn { get; }

    /// <summary>When a business day starts and ends.</summary>
    /// <param name="day">From <see cref="FirstDay"/> to <see cref="LastDay"/>, both included.</param>
    /// <returns>The day in UTC, half-open. Empty when the zone left the day out.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The day is outside the calendar.</exception>
    public UtcRange RangeOf(DateOnly day)
    {
        ThrowIfOutside(day, nameof(day));
        var found = Find(day.DayNumber);
        return new(Utc(found.StartTicks), Utc(found.EndTicks));
    }

    /// <summary>When a stretch of business days starts and ends.</summary>
    /// <param name="days">Days from <see cref="FirstDay"/> to <see cref="LastDay"/>, all included.</param>
    /// <returns>From the first day's start to the last day's end, in UTC, half-open.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An end of the range is outside the calendar.</exception>
    public UtcRange RangeOf(DateRange days)
    {
        ThrowIfOutside(days.First, nameof(days));
        ThrowIfOutside(days.Last, nameof(days));
        return new(Utc(Find(days.First.DayNumber).StartTicks), Utc(Find(days.Last.DayNumber).EndTicks));
    }

    /// <summary>
    /// The business day that an instant is in: the last day that has started by then. That isn't always the local date,
    /// since clocks that fall back past midnight don't bring yesterday back.
    /// </summary>
    /// <param name="instant">Any instant of the calendar's days; its offset doesn't matter.</param>
    /// <returns>The one day whose <see cref="RangeOf(DateOnly)"/> contains the instant.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The instant is before the first day or after the last.</exception>
    /// <remarks>Made to be called for every event: nothing is allocated for a day that is remembered.</remarks>
    public DateOnly DayOf(DateTimeOffset instant)
    {
        var ticks = instant.UtcTicks;
        var number = (int)((ticks + _usualOffsetTicks) / TimeSpan.TicksPerDay);
        if (number < FirstDay.DayNumber - 1 || number > LastDay.DayNumber + 1)
            throw Outside(instant);

        // The guess is right but for the hours around a midnight and in summer time, and then it is next to right.
        for (var day = Find(number); ; day = Find(number))
        {
            if (ticks < day.StartTicks)
                number--;
            else if (ticks >= day.EndTicks)
                number++;
            else
                break;
        }

        if (number < FirstDay.DayNumber || number > LastDay.DayNumber)
            throw Outside(instant);
        return DateOnly.FromDayNumber(number);
    }

    /// <summary>The day, week, calendar month or calendar year that a business day is in. Dates only: no time zone is asked.</summary>
    /// <param name="day">From <see cref="FirstDay"/> to <see cref="LastDay"/>, both included.</param>
    /// <param name="period">How much.</param>
    /// <returns>
    /// The period's days, both ends included. A week is always whole and named by its first day, so the very first and the very last
    /// week of a calendar may reach up to six days outside it.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The day is outside the calendar, or the period isn't one of the four.</exception>
    public DateRange PeriodOf(DateOnly day, CalendarPeriod period)
    {
        ThrowIfOutside(day, nameof(day));
        switch (period)
        {
            case CalendarPeriod.Day:
                return new(day, day);
            case CalendarPeriod.Week:
                var first = day.AddDays(-(((int)day.DayOfWeek - (int)WeekStartsOn + 7) % 7));
                return new(first, first.AddDays(6));
            case CalendarPeriod.Month:
                return new(new(day.Year, day.Month, 1), new(day.Year, day.Month, DateTime.DaysInMonth(day.Year, day.Month)));
            case CalendarPeriod.Year:
                return new(new(day.Year, 1, 1), new(day.Year, 12, 31));
            default:
                throw new ArgumentOutOfRangeException(nameof(period), period, "A period is a day, a week, a month or a year.");
        }
    }

    /// <summary>The zone's present name and the first day of the week, whatever the current culture.</summary>
    /// <returns>For example <c>Asia/Seoul, weeks from Monday</c>.</returns>
    public override string ToString() => FormattableString.Invariant($"{TimeZoneId}, weeks from {WeekStartsOn}");

    private static DateTimeOffset Utc(long ticks) => new(ticks, TimeSpan.Zero);

    private static void ThrowIfOutside(DateOnly day, string parameter)
    {
        if (day >= FirstDay && day <= LastDay)
            return;
        throw new ArgumentOutOfRangeException(parameter, string.Create(
            CultureInfo.InvariantCulture,
            $"Business day {day:O} is outside the calendar, which has the days {FirstDay:O} to {LastDay:O}, both included."));
    }

    private ArgumentOutOfRangeException Outside(DateTimeOffset instant) =>
        new(nameof(instant), string.Create(
            CultureInfo.InvariantCulture,
            $"Instant {instant:O} is outside the {TimeZoneId} calendar, which has the days {FirstDay:O} to {LastDay:O}, both included."));

    // A slot is one reference to an immutable object, so threads may race for it: each sees a whole day, and finds the same one.
    private Day Find(int number)
    {
        ref var slot = ref _days[number & (RememberedDaysMax - 1)];
        var day = Volatile.Read(ref slot);
        if (day?.Number == number)
            return day;
        day = new(number, _boundaries.StartOf(number), _boundaries.StartOf(number + 1));
        Volatile.Write(ref slot, day);
        return day;
    }

    private sealed class Day(int number, long startTicks, long endTicks)
    {
        public readonly int Number = number;
        public readonly long StartTicks = startTicks;
        public readonly long EndTicks = endTicks;
    }
}
