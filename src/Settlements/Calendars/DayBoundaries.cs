namespace Settlements;

/// <summary>
/// Computes the start of a business day: the earliest instant whose local time is at or past 00:00 of that date,
/// <c>inf { t : local(t) >= D 00:00 }</c>.
/// </summary>
/// <remarks>
/// Only the conversion from UTC to local time of <see cref="TimeZoneInfo"/> is used, because it is unambiguous for every instant; a local
/// time that clocks skip has no instant, and a repeated local time has two. Changes of the offset are found by sampling, so two changes
/// within <see cref="SampleTicks"/> that cancel out would be missed; no zone has ever had such changes.
/// </remarks>
internal sealed class DayBoundaries(TimeZoneInfo zone)
{
    /// <summary>15 minutes, in ticks: less than the time between any two changes of a zone's offset.</summary>
    public const long SampleTicks = 15 * TimeSpan.TicksPerMinute;

    /// <summary>16 hours, in ticks: an offset is at most 14 hours, so a day starts within this distance of its midnight in UTC.</summary>
    public const long ReachTicks = 16 * TimeSpan.TicksPerHour;

    /// <summary>Returns the first instant of a day.</summary>
    /// <param name="dayNumber">The day, as <see cref="DateOnly.DayNumber"/>.</param>
    /// <returns>UTC ticks; never less than those of the previous day, and equal to them when the zone skipped the previous date.</returns>
    public long StartOf(int dayNumber)
    {
        var midnight = dayNumber * TimeSpan.TicksPerDay;
        var last = midnight + ReachTicks;
        var segment = midnight - ReachTicks;
        var offset = OffsetAt(segment);

        // Segments of constant offset, in time order: the first that reaches 00:00 of the date contains the start.
        for (var sample = segment + SampleTicks; sample <= last; sample += SampleTicks)
        {
            var sampled = OffsetAt(sample);
            if (sampled == offset)
                continue;
            var change = ChangeIn(sample - SampleTicks, sample, offset);
            var start = Math.Max(segment, midnight - offset);
            if (start < change)
                return start;
            (segment, offset) = (change, sampled);
        }

        return Math.Max(segment, midnight - offset);
    }

    /// <summary>Returns the first tick in <c>(before, after]</c> whose offset differs from <paramref name="offset"/>.</summary>
    private long ChangeIn(long before, long after, long offset)
    {
        while (after - before > 1)
        {
            var middle = before + ((after - before) / 2);
            if (OffsetAt(middle) == offset)
                before = middle;
            else
                after = middle;
        }

        return after;
    }

    private long OffsetAt(long utcTicks) => zone.GetUtcOffset(new DateTime(utcTicks, DateTimeKind.Utc)).Ticks;
}
