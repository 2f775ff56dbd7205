using System.Globalization;
using SQLitePCL;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Reads and binds the instants of an application's table in its format.</summary>
/// <remarks>Every value is validated, since an SQLite column may hold any value.</remarks>
internal static class InstantColumn
{
    /// <summary>The length of an instant without a fraction.</summary>
    private const int SecondsLength = 19;

    private const string TextFormat = "yyyy-MM-dd HH:mm:ss";

    /// <summary>Describes the valid values of a format, for error messages.</summary>
    public static string Needed(InstantFormat format)
    {
        var form = format == InstantFormat.Text
            ? "text, UTC as yyyy-MM-dd HH:mm:ss, with a fraction or without, and without a zone"
            : "an integer";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"an instant of the format {format} ({form}) from {SupportedInstants.First:yyyy-MM-dd} to "
            + $"{SupportedInstants.End.AddDays(-1):yyyy-MM-dd}");
    }

    /// <summary>The remedy for an invalid value.</summary>
    public const string Remedy = "Correct the row, exclude it with Where(…), or name the format of the column: OccurredAt(column, format).";

    /// <summary>Binds an instant in the column's format.</summary>
    public static void Bind(SqliteStatement statement, int parameter, InstantFormat format, DateTimeOffset instant)
    {
        if (format != InstantFormat.Text)
        {
            statement.Bind(parameter, InstantNumbers.From(format, instant));
            return;
        }

        statement.Bind(parameter, Text(instant));
    }

    /// <summary>Returns an instant as text, which sorts like the texts of a column.</summary>
    public static string Text(DateTimeOffset instant)
    {
        var fraction = UnixMicroseconds.From(instant) % 1_000_000 == 0 ? "" : ".ffffff";
        return instant.UtcDateTime.ToString(TextFormat + fraction, CultureInfo.InvariantCulture);
    }

    /// <summary>Returns whether a value is an instant of the format. Only valid texts sort in the order of their instants.</summary>
    public static bool IsInstant(SqliteStatement row, int column, InstantFormat format) => format == InstantFormat.Text
        ? row.Type(column) == raw.SQLITE_TEXT && IsText(row.Bytes(column))
        : row.Type(column) == raw.SQLITE_INTEGER && InstantNumbers.ToInstant(format, row.Int64(column)) is not null;

    /// <summary>Reads an instant: a text to the second, a number to the microsecond. Returns null when the value is invalid.</summary>
    public static DateTimeOffset? Read(SqliteStatement row, int column, InstantFormat format)
    {
        if (!IsInstant(row, column, format))
            return null;
        if (format != InstantFormat.Text)
            return InstantNumbers.ToInstant(format, row.Int64(column));

        // The fraction doesn't affect the day, and may be finer than a tick.
        return DateTime.ParseExact(
            row.Text(column)[..SecondsLength], TextFormat, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
    }

    /// <summary>
    /// Returns whether a text is an existing date and time of the supported range, with an optional fraction and nothing after it.
    /// </summary>
    internal static bool IsText(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length < SecondsLength || utf8[4] != '-' || utf8[7] != '-' || utf8[10] != ' ' || utf8[13] != ':' || utf8[16] != ':')
            return false;
        int century = Pair(utf8, 0), ofCentury = Pair(utf8, 2), month = Pair(utf8, 5), day = Pair(utf8, 8);
        int hour = Pair(utf8, 11), minute = Pair(utf8, 14), second = Pair(utf8, 17);
        if ((century | ofCentury | month | day | hour | minute | second) < 0)
            return false;
        var year = century * 100 + ofCentury;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        if (utf8.Length > SecondsLength
            && (utf8[SecondsLength] != '.' || utf8.Length == SecondsLength + 1
                || utf8[(SecondsLength + 1)..].ContainsAnyExceptInRange((byte)'0', (byte)'9')))
        {
            return false;
        }

        return SupportedInstants.Contains(new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero));
    }

    // Two decimal digits as a number, or -1.
    private static int Pair(ReadOnlySpan<byte> text, int at)
    {
        int tens = text[at] - '0', ones = text[at + 1] - '0';
        return tens is < 0 or > 9 || ones is < 0 or > 9 ? -1 : tens * 10 + ones;
    }
}
