namespace Settlements;

/// <summary>Converts instants to the form in which stores keep them: microseconds since 1970-01-01T00:00:00Z, negative before it.</summary>
public static class UnixMicroseconds
{
    /// <summary>Converts an instant, rounded down to the microsecond so that it never moves into the next day.</summary>
    /// <param name="instant">Any instant; its offset is taken into account.</param>
    /// <returns>Microseconds since 1970-01-01T00:00:00Z.</returns>
    public static long From(DateTimeOffset instant)
    {
        var ticks = instant.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
        return (ticks - ((ticks % TimeSpan.TicksPerMicrosecond) + TimeSpan.TicksPerMicrosecond) % TimeSpan.TicksPerMicrosecond)
            / TimeSpan.TicksPerMicrosecond;
    }

    /// <summary>Converts microseconds to an instant in UTC.</summary>
    /// <param name="microseconds">Microseconds since 1970-01-01T00:00:00Z, within the years 1 to 9999.</param>
    /// <returns>The instant, with offset zero.</returns>
    public static DateTimeOffset ToInstant(long microseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}
