namespace Settlements.Stores;

/// <summary>Instants that a table keeps as numbers: in whole seconds, milliseconds or microseconds since 1970.</summary>
internal static class InstantNumbers
{
    /// <summary>
    /// An instant as a bound of a column: the first number that is not before it. Bounds of days are excluded below and included above, so a unit that is
    /// not reached yet is the next one.
    /// </summary>
    /// <param name="format">The column's unit.</param>
    /// <param name="instant">The instant.</param>
    /// <returns>The number.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The format is no number.</exception>
    public static long From(InstantFormat format, DateTimeOffset instant)
    {
        var (microseconds, unit) = (UnixMicroseconds.From(instant), Microseconds(format));
        return microseconds / unit + (microseconds % unit > 0 ? 1 : 0);
    }

    /// <summary>A column's number as an instant.</summary>
    /// <param name="format">The column's unit.</param>
    /// <param name="value">The number.</param>
    /// <returns>The instant, in UTC; null when it is none of <see cref="SupportedInstants"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The format is no number.</exception>
    public static DateTimeOffset? ToInstant(InstantFormat format, Int128 value)
    {
        // The product of any 64 bits and a million fits.
        var microseconds = value * Microseconds(format);
        return SupportedInstants.ContainsMicroseconds(microseconds) ? UnixMicroseconds.ToInstant((long)microseconds) : null;
    }

    private static long Microseconds(InstantFormat format) => format switch
    {
        InstantFormat.UnixSeconds => 1_000_000,
        InstantFormat.UnixMilliseconds => 1_000,
        InstantFormat.UnixMicroseconds => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "The format is no number."),
    };
}
