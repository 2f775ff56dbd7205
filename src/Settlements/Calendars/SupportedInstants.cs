using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>
/// The instants whose business day lies within <see cref="BusinessCalendar.FirstDay"/> to <see cref="BusinessCalendar.LastDay"/> in every time zone:
/// those that an event, and a row of a source, may have.
/// </summary>
[Experimental("SETTLE001")]
public static class SupportedInstants
{
    private static readonly long FirstMicroseconds = UnixMicroseconds.From(First);
    private static readonly long EndMicroseconds = UnixMicroseconds.From(End);

    /// <summary>The first, included: 1900-01-02T00:00:00Z.</summary>
    public static DateTimeOffset First => new(BusinessCalendar.FirstDay.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero);

    /// <summary>The end, excluded: 9998-12-31T00:00:00Z.</summary>
    public static DateTimeOffset End => new(BusinessCalendar.LastDay, TimeOnly.MinValue, TimeSpan.Zero);

    /// <summary>Whether an instant is one of them.</summary>
    /// <param name="instant">Any instant; its offset is taken into account.</param>
    /// <returns>Whether it is.</returns>
    public static bool Contains(DateTimeOffset instant) => instant >= First && instant < End;

    /// <summary>The same for an instant as stores keep it.</summary>
    /// <param name="microseconds">Microseconds since 1970-01-01T00:00:00Z, of any size.</param>
    /// <returns>Whether it is one of them.</returns>
    public static bool ContainsMicroseconds(Int128 microseconds) => microseconds >= FirstMicroseconds && microseconds < EndMicroseconds;
}
