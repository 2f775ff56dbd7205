using System.Buffers;

namespace Settlements.Cli;

/// <summary>Formats CSV rows according to RFC 4180, but with LF line ends.</summary>
internal static class CsvText
{
    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");

    public static string Row(params IEnumerable<string> fields) => $"{string.Join(',', fields.Select(Field))}\n";

    /// <summary>Replaces the row's line end with that of RFC 4180, for downloaded files.</summary>
    public static string WithCrLf(string row) => $"{row.AsSpan(0, row.Length - 1)}\r\n";

    private static string Field(string text) =>
        text.AsSpan().ContainsAny(Special) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
