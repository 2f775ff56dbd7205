using System.Globalization;

namespace Settlements.Sqlite;

/// <summary>Business days as the tables keep them: ISO dates.</summary>
internal static class DayText
{
    public static string From(DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);

    /// <summary>Reads an ISO date.</summary>
    public static DateOnly Parse(ReadOnlySpan<byte> utf8) =>
        System.Buffers.Text.Utf8Parser.TryParse(utf8[..4], out int year, out _) && System.Buffers.Text.Utf8Parser.TryParse(utf8[5..7], out int month, out _)
        && System.Buffers.Text.Utf8Parser.TryParse(utf8[8..], out int day, out _)
            ? new DateOnly(year, month, day)
            : throw new FormatException($"'{System.Text.Encoding.UTF8.GetString(utf8)}' is not a date as in 2024-07-01.");

    public static DateOnly Parse(string text) => DateOnly.ParseExact(text, "O", CultureInfo.InvariantCulture);
}
