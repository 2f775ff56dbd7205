namespace Settlements.Stores;

/// <summary>
/// Converts instants that a table stores as numbers: whole seconds, milliseconds or microseconds since 1970-01-01T00:00:00Z.
/// </summary>
internal static class InstantNumbers
{
    /// <summary>
    /// Converts an instant to a bound of a column: the smallest number whose instant is not before it. A row belongs to a half-open range
    /// of instants, so a partial unit is rounded up.
    /// </summary>
    /// <param name="format">The column's unit.</param>
    /// <param name="instant">The instant.</param>
    /// <returns>The number.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The format is not numeric.</exception>
    public static long From(InstantFormat format, DateTimeOffset instant)
    {
        var (microseconds, unit) = (UnixMicroseconds.From(instant), Microseconds(format));
        return microseconds / unit + (microseconds % unit > 0 ? 1 : 0);
    }

    /// <summary>Converts a number of a column to an instant.</summary>
    /// <param name="format">The column's unit.</param>
    /// <param name="value">The number.</param>
    /// <returns>The instant, in UTC; null when it is outside of <see cref="SupportedInstants"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The format is not numeric.</exception>
    public static DateTimeOffset? ToInstant(InstantFormat format, Int128 value)
    {
        // The product of any 64-bit number and a million fits into an Int128.
        var microseconds = value * Microseconds(format);
        return SupportedInstants.ContainsMicroseconds(microseconds) ? UnixMicroseconds.ToInstant((long)microseconds) : null;
    }

    private static long Microseconds(InstantFormat format) => format switch
    {
        InstantFormat.UnixSeconds => 1_000_000,
        InstantFormat.UnixMilliseconds => 1_000,
        InstantFormat.UnixMicroseconds => 1,
        _ => throw new ArgumentOutOfRangeException(
            nameof(format), format, "The format is not numeric. Use UnixSeconds, UnixMilliseconds or UnixMicroseconds."),
    };
}
