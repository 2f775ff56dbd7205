namespace Settlements;

/// <summary>
/// Finds where a business day starts: at the earliest instant whose local time is at or past that date's 00:00,
/// <c>inf { t : local(t) >= D 00:00 }</c>.
/// </summary>
/// <remarks>
/// Only the direction from UTC to local time is asked of <see cref="TimeZoneInfo"/>, since it has one answer for every instant;
/// the other direction has none where clocks jump forward and two where they fall back. Changes of offset are found by sampling,
/// so two changes inside <see cref="SampleTicks"/> that undo one another would go unseen; no zone has ever had that.
/// </remarks>
internal sealed class DayBoundaries(TimeZoneInfo zone)
{
    /// <summary>15 minutes, in ticks: no two changes of a zone's offset are that close.</summary>
    public const long SampleTicks = 15 * TimeSpan.TicksPerMinute;

    /// <summary>16 hours, in ticks: more than the 14 that an offset may have, so a day starts within this of UTC midnight.</summary>
    public const long ReachTicks = 16 * TimeSpan.TicksPerHour;

    /// <summary>The first instant of a day.</summary>
    /// <param name="dayNumber">The day, as <see cref="DateOnly.DayNumber"/>.</param>
    /// <returns>UTC ticks. Never less than the day before's; the same when the zone left out the day before.</returns>
    public long StartOf(int dayNumber)
    {
        var midnight = dayNumber * TimeSpan.TicksPerDay;
        var last = midnight + ReachTicks;
        var segment = midnight - ReachTicks;
        var offset = OffsetAt(segment);

        // Stretches of one offset, in time order: the first that reaches the date's 00:00 has the earliest such instant.
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

    /// <summary>The first tick in <c>(before, after]</c> whose offset is no longer <paramref name="offset"/>.</summary>
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
