using System.Globalization;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Maps instants to business days, which are local dates of one time zone, and business days to weeks, months and years.
/// </summary>
/// <remarks>
/// <para>A day starts at the earliest instant whose local time is at or past that date's 00:00, and ends where the next day starts.
/// Days therefore have no gap or overlap at any change of the offset: on days of 23 and 25 hours, where clocks skip midnight, and
/// where clocks are set back across midnight (the repeated hour before midnight belongs to the day that has already started). A date that
/// the zone skipped is an empty range.</para>
/// <para>Offsets come from the time zone data of the operating system, which .NET rounds to the minute.</para>
/// <para>Immutable and thread-safe: boundaries are cached without locks.</para>
/// </remarks>
/// <example>
/// <code>
/// var calendar = new BusinessCalendar("America/New_York");
/// var day = calendar.DayOf(new DateTimeOffset(2024, 7, 2, 3, 30, 0, TimeSpan.Zero)); // 2024-07-01
/// var range = calendar.RangeOf(day); // from 04:00 UTC to 04:00 UTC of the next day, excluded
/// var month = calendar.PeriodOf(day, CalendarPeriod.Month);
/// </code>
/// </example>
public sealed class BusinessCalendar
{
    /// <summary>The first supported day, included: 1900-01-01.</summary>
    public static readonly DateOnly FirstDay = new(1900, 1, 1);

    /// <summary>The last supported day, included: 9998-12-31.</summary>
    public static readonly DateOnly LastDay = new(9998, 12, 31);

    /// <summary>
    /// The number of cached days, each of about 40 bytes: enough for events that arrive up to a year late. A power of two, for the index
    /// mask.
    /// </summary>
    private const int CachedDaysMax = 512;

    private readonly Day?[] _days = new Day?[CachedDaysMax];
    private readonly DayBoundaries _boundaries;
    private readonly long _usualOffsetTicks;

    /// <summary>Creates a calendar of one time zone.</summary>
    /// <param name="timeZoneId">
    /// The IANA name of the zone, such as <c>Asia/Seoul</c>; names of the machine's local zone are rejected.
    /// </param>
    /// <param name="weekStartsOn">The first day of a week. Default Monday, as in ISO 8601.</param>
    /// <exception cref="ArgumentNullException"><paramref name="timeZoneId"/> is null.</exception>
    /// <exception cref="ArgumentException">The zone is not installed on this machine, or the name is not an IANA name.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="weekStartsOn"/> is not a day of the week.</exception>
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
    /// The current IANA name of the time zone: <c>America/New_York</c> also for a calendar created with <c>US/Eastern</c>. Calendars of one
    /// zone under different names are the same calendar.
    /// </summary>
    public string TimeZoneId { get; }

    /// <summary>The first day of a week.</summary>
    public DayOfWeek WeekStartsOn { get; }

    /// <summary>Returns the instants of a business day.</summary>
    /// <param name="day">From <see cref="FirstDay"/> to <see cref="LastDay"/>, both included.</param>
    /// <returns>The range in UTC, half-open. Empty when the zone skipped the date.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The day is outside the supported range.</exception>
    public UtcRange RangeOf(DateOnly day)
    {
        ThrowIfOutside(day, nameof(day));
        var found = Find(day.DayNumber);
        return new(Utc(found.StartTicks), Utc(found.EndTicks));
    }

    /// <summary>Returns the instants of consecutive business days.</summary>
    /// <param name="days">Days from <see cref="FirstDay"/> to <see cref="LastDay"/>, both ends included.</param>
    /// <returns>The range from the start of the first day to the end of the last day, in UTC, half-open.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The first or the last day is outside the supported range.</exception>
    public UtcRange RangeOf(DateRange days)
    {
        ThrowIfOutside(days.First, nameof(days));
        ThrowIfOutside(days.Last, nameof(days));
        return new(Utc(Find(days.First.DayNumber).StartTicks), Utc(Find(days.Last.DayNumber).EndTicks));
    }

    /// <summary>
    /// Returns the business day that contains an instant: the last day that starts at or before it. It differs from the local date where
    /// clocks were set back across midnight.
    /// </summary>
    /// <param name="instant">An instant within the supported days; its offset is irrelevant.</param>
    /// <returns>The day whose <see cref="RangeOf(DateOnly)"/> contains the instant.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The instant is before the first supported day or after the last.</exception>
    /// <remarks>Does not allocate for a cached day, so it can be called for every event.</remarks>
    public DateOnly DayOf(DateTimeOffset instant)
    {
        var ticks = instant.UtcTicks;
        var number = (int)((ticks + _usualOffsetTicks) / TimeSpan.TicksPerDay);
        if (number < FirstDay.DayNumber - 1 || number > LastDay.DayNumber + 1)
            throw Outside(instant);

        // The estimate by the standard offset is off by at most a day: near midnight and in daylight saving time.
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

    /// <summary>
    /// Returns the day, week, calendar month or calendar year that contains a business day. Independent of the time zone.
    /// </summary>
    /// <param name="day">From <see cref="FirstDay"/> to <see cref="LastDay"/>, both included.</param>
    /// <param name="period">The kind of period.</param>
    /// <returns>
    /// The days of the period, both ends included. A week always has seven days, so the first and the last week may extend up to six days
    /// outside the supported range.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The day is outside the supported range, or the period is not defined.</exception>
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

    /// <summary>Returns the current name of the zone and the first day of the week, independent of the current culture.</summary>
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

    // A slot is one reference to an immutable object: threads that write it concurrently compute the same day, and readers see all of it.
    private Day Find(int number)
    {
        ref var slot = ref _days[number & (CachedDaysMax - 1)];
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
