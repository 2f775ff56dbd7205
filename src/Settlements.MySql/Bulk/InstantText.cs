using System.Globalization;

namespace Settlements.MySql;

/// <summary>Formats instants as the server reads them.</summary>
internal static class InstantText
{
    /// <summary>The length of an instant: <c>2024-07-01 00:00:00.000000</c>.</summary>
    public const int Length = 26;

    private const long MicrosecondsPerDay = 86_400_000_000;

    private static readonly int EpochDay = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    /// <summary>Writes an instant in UTC. The date of the previous instant is reused, since most are of the same day.</summary>
    /// <param name="unixMicroseconds">Microseconds since 1970-01-01T00:00:00Z.</param>
    /// <param name="to">At least <see cref="Length"/> bytes.</param>
    /// <param name="dayNumber">The day of <paramref name="dayText"/>, since 1970; initially <see cref="int.MinValue"/>.</param>
    /// <param name="dayText">The text of the previous day: 10 bytes.</param>
    /// <returns>The number of bytes written.</returns>
    public static int Write(long unixMicroseconds, Span<byte> to, ref int dayNumber, byte[] dayText)
    {
        var day = unixMicroseconds / MicrosecondsPerDay;
        var rest = unixMicroseconds % MicrosecondsPerDay;
        if (rest < 0)
            (day, rest) = (day - 1, rest + MicrosecondsPerDay);
        if (day != dayNumber)
        {
            DateOnly.FromDayNumber(EpochDay + (int)day).TryFormat(dayText, out _, "O", CultureInfo.InvariantCulture);
            dayNumber = (int)day;
        }

        dayText.CopyTo(to);
        to[10] = (byte)' ';
        var seconds = (int)(rest / 1_000_000);
        Digits(to[11..], seconds / 3600, 2);
        to[13] = (byte)':';
        Digits(to[14..], seconds / 60 % 60, 2);
        to[16] = (byte)':';
        Digits(to[17..], seconds % 60, 2);
        to[19] = (byte)'.';
        Digits(to[20..], (int)(rest % 1_000_000), 6);
        return Length;
    }

    private static void Digits(Span<byte> to, int value, int count)
    {
        for (var i = count - 1; i >= 0; i--)
        {
            to[i] = (byte)('0' + value % 10);
            value /= 10;
        }
    }
}
