using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>
/// The range of instants that events and rows of sources may have: those whose business day lies within
/// <see cref="BusinessCalendar.FirstDay"/> to <see cref="BusinessCalendar.LastDay"/> in every time zone.
/// </summary>
[Experimental("SETTLE001")]
public static class SupportedInstants
{
    private static readonly long FirstMicroseconds = UnixMicroseconds.From(First);
    private static readonly long EndMicroseconds = UnixMicroseconds.From(End);

    /// <summary>The first supported instant, included: 1900-01-02T00:00:00Z.</summary>
    public static DateTimeOffset First => new(BusinessCalendar.FirstDay.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero);

    /// <summary>The end of the range, excluded: 9998-12-31T00:00:00Z.</summary>
    public static DateTimeOffset End => new(BusinessCalendar.LastDay, TimeOnly.MinValue, TimeSpan.Zero);

    /// <summary>Returns whether an instant is supported.</summary>
    /// <param name="instant">Any instant; its offset is taken into account.</param>
    /// <returns><see langword="true"/> from <see cref="First"/>, included, to <see cref="End"/>, excluded.</returns>
    public static bool Contains(DateTimeOffset instant) => instant >= First && instant < End;

    /// <summary>Returns whether an instant in microseconds is supported.</summary>
    /// <param name="microseconds">Microseconds since 1970-01-01T00:00:00Z; any value.</param>
    /// <returns><see langword="true"/> from <see cref="First"/>, included, to <see cref="End"/>, excluded.</returns>
    public static bool ContainsMicroseconds(Int128 microseconds) => microseconds >= FirstMicroseconds && microseconds < EndMicroseconds;
}
