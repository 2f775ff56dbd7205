using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>
/// The calendar as days were closed by it. The boundaries of days that are closing or published are those that were recorded; days after them follow
/// without a gap, whatever became of the zone's rules since. Immutable and thread-safe.
/// </summary>
[Experimental("SETTLE001")]
public sealed class RecordedCalendar
{
    private readonly BusinessDay[] _recorded;

    /// <summary>A calendar over recorded days.</summary>
    /// <param name="calendar">The rules for days that are open.</param>
    /// <param name="recorded">Days that are closing or published, oldest first, without a gap; none where nothing is closed.</param>
    public RecordedCalendar(BusinessCalendar calendar, IEnumerable<BusinessDay> recorded)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        Calendar = calendar;
        _recorded = [.. recorded];
    }

    /// <summary>The rules for days that are open.</summary>
    public BusinessCalendar Calendar { get; }

    /// <summary>The first recorded day; null where nothing is closed.</summary>
    public DateOnly? FirstRecorded => _recorded.Length == 0 ? null : _recorded[0].Day;

    /// <summary>The instants of a day, half-open.</summary>
    /// <param name="day">A day of the calendar.</param>
    /// <returns>As recorded; of the first open day from where the last recorded day ends; of others by the rules.</returns>
    public UtcRange RangeOf(DateOnly day)
    {
        var range = Calendar.RangeOf(day);
        if (_recorded.Length == 0 || day < _recorded[0].Day)
            return range;
        var last = _recorded[^1];
        if (day <= last.Day)
            return _recorded[day.DayNumber - _recorded[0].Day.DayNumber].Range;
        if (day != last.Day.AddDays(1))
            return range;
        return new UtcRange(last.Range.End, range.End > last.Range.End ? range.End : last.Range.End);
    }

    /// <summary>The business day that an instant is in.</summary>
    /// <param name="instant">Any instant of the calendar's days.</param>
    /// <returns>The day.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The instant is outside the calendar.</exception>
    public DateOnly DayOf(DateTimeOffset instant)
    {
        if (_recorded.Length == 0)
            return Calendar.DayOf(instant);
        var (first, last) = (_recorded[0], _recorded[^1]);
        if (instant < first.Range.Start)
            return Earlier(Calendar.DayOf(instant), first.Day.AddDays(-1));
        if (instant >= last.Range.End)
            return Later(Calendar.DayOf(instant), last.Day.AddDays(1));

        // The last day that has started by then.
        var (started, notStarted) = (0, _recorded.Length);
        while (notStarted - started > 1)
        {
            var middle = (started + notStarted) / 2;
            if (_recorded[middle].Range.Start <= instant)
                started = middle;
            else
                notStarted = middle;
        }

        return _recorded[started].Day;
    }

    private static DateOnly Earlier(DateOnly a, DateOnly b) => a < b ? a : b;

    private static DateOnly Later(DateOnly a, DateOnly b) => a > b ? a : b;
}
