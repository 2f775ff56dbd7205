using Settlement.BillableEvents;
using Settlement.Calendars;
using Settlement.MySql.Connections;

namespace Settlement.MySql.Sums;

/// <summary>The instants of a host's own table, in its format.</summary>
internal static class InstantFormats
{
    /// <summary>An instant as a bound of the column. Bounds are excluded below and included above, so a unit that is not reached yet is the next one.</summary>
    public static object Bound(InstantFormat format, DateTimeOffset instant)
    {
        var microseconds = UnixMicroseconds.From(instant);
        return format switch
        {
            InstantFormat.UnixSeconds => CeilingDivide(microseconds, 1_000_000),
            InstantFormat.UnixMilliseconds => CeilingDivide(microseconds, 1_000),
            InstantFormat.UnixMicroseconds => microseconds,
            _ => Sql.Instant(instant),
        };
    }

    /// <summary>A column's value as an instant; null when it is none that business calendars support.</summary>
    public static DateTimeOffset? Instant(InstantFormat format, object value)
    {
        if (value is DateTime instant)
            return IsSupported(UnixMicroseconds.From(Sql.Instant(instant))) ? Sql.Instant(instant) : null;
        var microseconds = (value is ulong unsigned ? (Int128)unsigned : Convert.ToInt64(value, null)) * format switch
        {
            InstantFormat.UnixSeconds => 1_000_000,
            InstantFormat.UnixMilliseconds => 1_000,
            _ => 1,
        };
        return IsSupported(microseconds) ? UnixMicroseconds.ToInstant((long)microseconds) : null;
    }

    private static bool IsSupported(Int128 microseconds) =>
        microseconds >= UnixMicroseconds.From(new DateTimeOffset(BusinessCalendar.FirstDay.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero))
        && microseconds < UnixMicroseconds.From(new DateTimeOffset(BusinessCalendar.LastDay, TimeOnly.MinValue, TimeSpan.Zero));

    private static long CeilingDivide(long value, long by) => value / by + (value % by > 0 ? 1 : 0);
}
