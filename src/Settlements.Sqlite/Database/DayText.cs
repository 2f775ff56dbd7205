using System.Buffers.Text;
using System.Globalization;

namespace Settlements.Sqlite;

/// <summary>Converts business days to and from their stored text, an ISO date.</summary>
internal static class DayText
{
    public static string From(DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);

    public static DateOnly Parse(ReadOnlySpan<byte> utf8) =>
        Utf8Parser.TryParse(utf8[..4], out int year, out _) && Utf8Parser.TryParse(utf8[5..7], out int month, out _)
        && Utf8Parser.TryParse(utf8[8..], out int day, out _)
            ? new DateOnly(year, month, day)
            : throw new FormatException(
                $"'{System.Text.Encoding.UTF8.GetString(utf8)}' is not a date of the form 2024-07-01: restore its row.");

    public static DateOnly Parse(string text) => DateOnly.ParseExact(text, "O", CultureInfo.InvariantCulture);
}
