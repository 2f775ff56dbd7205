using System.Globalization;

namespace Settlements;

/// <summary>
/// Parses an instant: <c>yyyy-MM-ddTHH:mm:ss</c>, up to six decimals, and <c>Z</c> or an offset of at most 14 hours (ISO 8601, the
/// profile of RFC 3339 with capital letters). Independent of culture and local time zone.
/// </summary>
internal static class InstantText
{
    private const int SecondsEnd = 19;
    private const string Form =
        "Use yyyy-MM-ddTHH:mm:ss with up to 6 decimals and Z or an offset, for example 2024-07-01T09:30:00.25+09:00.";

    /// <returns><see langword="null"/>, or the reason for the rejection.</returns>
    public static string? Read(ReadOnlySpan<byte> text, out long microseconds)
    {
        microseconds = 0;
        if (text.IsEmpty)
            return $"The instant is empty. {Form}";
        if (text.Length < SecondsEnd || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':')
            return NotAnInstant(text);

        int century = Pair(text, 0), ofCentury = Pair(text, 2), month = Pair(text, 5), day = Pair(text, 8);
        int hour = Pair(text, 11), minute = Pair(text, 14), second = Pair(text, 17);
        if ((century | ofCentury | month | day | hour | minute | second) < 0)
            return NotAnInstant(text);

        var year = century * 100 + ofCentury;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 59)
        {
            return OutOfRange(text, year, month, day, hour, minute, second);
        }

        var rest = text[SecondsEnd..];
        if (ReadDecimals(text, ref rest, out var decimals) is { } tooFine)
            return tooFine;
        if (ReadOffset(text, rest, out var offsetMinutes) is { } wrongOffset)
            return wrongOffset;

        var local = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks;
        microseconds = local / TimeSpan.TicksPerMicrosecond + decimals - offsetMinutes * TimeSpan.MicrosecondsPerMinute;
        return EventRules.IsInRange(microseconds) ? null : EventRules.OutOfRange(MessageText.Escape(text), microseconds);
    }

    private static string? ReadDecimals(ReadOnlySpan<byte> text, ref ReadOnlySpan<byte> rest, out long microseconds)
    {
        microseconds = 0;
        if (rest.IsEmpty || rest[0] != '.')
            return null;

        var digits = 0;
        for (; digits + 1 < rest.Length && char.IsAsciiDigit((char)rest[digits + 1]); digits++)
        {
            if (digits == 6)
                return $"'{MessageText.Escape(text)}' has more than 6 decimals. Use at most 6 decimals (microseconds).";
            microseconds = microseconds * 10 + (rest[digits + 1] - '0');
        }

        if (digits == 0)
            return NotAnInstant(text);
        for (var i = digits; i < 6; i++)
            microseconds *= 10;
        rest = rest[(digits + 1)..];
        return null;
    }

    private static string? ReadOffset(ReadOnlySpan<byte> text, ReadOnlySpan<byte> rest, out int minutes)
    {
        minutes = 0;
        if (rest.Length == 1 && rest[0] == 'Z')
            return null;
        if (rest.IsEmpty)
            return $"'{MessageText.Escape(text)}' has no offset. Add Z for UTC, or an offset such as +09:00.";
        if (rest.Length != 6 || rest[0] is not ((byte)'+' or (byte)'-') || rest[3] != ':')
            return NotAnInstant(text);

        int hour = Pair(rest, 1), minute = Pair(rest, 4);
        if ((hour | minute) < 0)
            return NotAnInstant(text);
        minutes = hour * 60 + minute;
        if (minute > 59 || minutes > 14 * 60)
            return $"'{MessageText.Escape(text)}' has an offset that is out of range. Use -14:00 to +14:00.";
        if (rest[0] == '-')
            minutes = -minutes;
        return null;
    }

    // Returns two decimal digits as a number, or -1.
    private static int Pair(ReadOnlySpan<byte> text, int at)
    {
        int tens = text[at] - '0', ones = text[at + 1] - '0';
        return tens is < 0 or > 9 || ones is < 0 or > 9 ? -1 : tens * 10 + ones;
    }

    private static string NotAnInstant(ReadOnlySpan<byte> text) => $"'{MessageText.Escape(text)}' is not an instant. {Form}";

    private static string OutOfRange(ReadOnlySpan<byte> text, int year, int month, int day, int hour, int minute, int second)
    {
        var reason = (year, month, hour, minute, second) switch
        {
            ( < 1, _, _, _, _) => "has year 0. Use 1900 to 9998.",
            (_, < 1 or > 12, _, _, _) => FormattableString.Invariant($"has month {month}. Use 1 to 12."),
            _ when day < 1 || day > DateTime.DaysInMonth(year, month) =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"has day {day}. For {year:D4}-{month:D2}, use 1 to {DateTime.DaysInMonth(year, month)}."),
            (_, _, 24, 0, 0) => "has hour 24. Use 00:00:00 of the next day.",
            (_, _, > 23, _, _) => FormattableString.Invariant($"has hour {hour}. Use 0 to 23."),
            (_, _, _, > 59, _) => FormattableString.Invariant($"has minute {minute}. Use 0 to 59."),
            (_, _, _, _, 60) => "has second 60: leap seconds are not supported. Use second 59.",
            _ => FormattableString.Invariant($"has second {second}. Use 0 to 59."),
        };
        return $"'{MessageText.Escape(text)}' {reason}";
    }
}
