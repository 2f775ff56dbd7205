using System.Globalization;

namespace Settlement.Sqlite.Connections;

/// <summary>Business days as the tables keep them: ISO dates.</summary>
internal static class DayText
{
    public static string From(DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);

    public static DateOnly Parse(string text) => DateOnly.ParseExact(text, "O", CultureInfo.InvariantCulture);
}
