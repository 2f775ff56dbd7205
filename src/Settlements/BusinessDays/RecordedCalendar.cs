using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>
/// A calendar with the recorded boundaries of the days that are closing or published. Later days follow without a gap, even when the rules
/// of the time zone have changed since. Immutable and thread-safe.
/// </summary>
[Experimental("SETTLE001")]
public sealed class RecordedCalendar
{
    private readonly BusinessDay[] _recorded;

    /// <summary>Creates a calendar from recorded days.</summary>
    /// <param name="calendar">The rules for days that are open.</param>
    /// <param name="recorded">The days that are closing or published, oldest first, without a gap; may be empty.</param>
    public RecordedCalendar(BusinessCalendar calendar, IEnumerable<BusinessDay> recorded)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        Calendar = calendar;
        _recorded = [.. recorded];
    }

    /// <summary>The rules for days that are open.</summary>
    public BusinessCalendar Calendar { get; }

    /// <summary>The first recorded day; null when all days are open.</summary>
    public DateOnly? FirstRecorded => _recorded.Length == 0 ? null : _recorded[0].Day;

    /// <summary>Returns the instants of a day, half-open.</summary>
    /// <param name="day">A day of the calendar.</param>
    /// <returns>
    /// For a recorded day the recorded range; for the first open day the range from the end of the last recorded day; for other days the
    /// range by the rules of the calendar.
    /// </returns>
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

    /// <summary>Returns the business day that contains an instant.</summary>
    /// <param name="instant">An instant within the days of the calendar.</param>
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

        // Binary search for the last day that starts at or before the instant.
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
