using System.Buffers;

namespace Settlements.Cli;

/// <summary>RFC 4180, with LF.</summary>
internal static class CsvText
{
    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");

    public static string Row(params IEnumerable<string> fields) => $"{string.Join(',', fields.Select(Field))}\n";

    /// <summary>The row with the line end of RFC 4180, for files that are downloaded.</summary>
    public static string WithCrLf(string row) => $"{row.AsSpan(0, row.Length - 1)}\r\n";

    private static string Field(string text) =>
        text.AsSpan().ContainsAny(Special) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
