using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;

namespace Settlements.Tests.Loading;

/// <summary>
/// A second, plain implementation of the file's rules: in memory, one char per byte, with regular expressions and the framework's parsers.
/// </summary>
internal static partial class CsvOracle
{
    private const int RowBytesMax = 65_536;
    private static readonly DateTimeOffset First = new(1900, 1, 2, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset End = new(9998, 12, 31, 0, 0, 0, TimeSpan.Zero);
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A row's position in the file, without its line end, and its event; null if the row is malformed.</summary>
    public readonly record struct Row(int Start, int End, UsageEvent? Event);

    /// <summary>Returns the rows after the header; null if the header is wrong.</summary>
    public static List<Row>? Read(byte[] file)
    {
        var text = Encoding.Latin1.GetString(file);
        var rows = Cut(text);
        if (rows.Count == 0 || !IsHeader(text[rows[0].Start..rows[0].End]))
            return null;
        return [.. rows.Skip(1).Select(row => new Row(row.Start, row.End, Parse(text[row.Start..row.End])))];
    }

    private static List<(int Start, int End)> Cut(string text)
    {
        var rows = new List<(int, int)>();
        var (start, quoted, fieldStart) = (0, false, true);
        for (var i = 0; i < text.Length; i++)
        {
            if (quoted)
            {
                if (text[i] == '"' && i + 1 < text.Length && text[i + 1] == '"')
                    i++;
                else
                    quoted = text[i] != '"';
            }
            else if (text[i] == '\n')
            {
                rows.Add((start, i > start && text[i - 1] == '\r' ? i - 1 : i));
                (start, fieldStart) = (i + 1, true);
            }
            else
            {
                quoted = fieldStart && text[i] == '"';
                fieldStart = text[i] == ',';
            }
        }

        if (start < text.Length)
            rows.Add((start, text.Length));
        return rows;
    }

    private static bool IsHeader(string row) =>
        Fields(row.StartsWith("ï»¿", StringComparison.Ordinal) ? row[3..] : row) is { } names && string.Join(',', names) == Csv.Header;

    private static UsageEvent? Parse(string row)
    {
        if (row.Length > RowBytesMax || Fields(row) is not { } fields || !IdForm().IsMatch(fields[0])
            || Guid.Parse(fields[0]) == Guid.Empty)
            return null;
        return Instant(fields[1]) is { } instant && Text(fields[2]) is { } meter && Text(fields[3]) is { } item
            && Text(fields[4]) is { } payee
            && Quantity(fields[5]) is { } quantity
            ? new UsageEvent(Guid.Parse(fields[0]), instant, meter, item, payee, quantity)
            : null;
    }

    private static string[]? Fields(string row)
    {
        if (row.Length > RowBytesMax)
            return null;
        var match = RowForm().Match(row);
        return match.Success ? [.. match.Groups.Values.Skip(1).Select(field => Unquoted(field.Value))] : null;
    }

    private static string Unquoted(string field) => field.StartsWith('"') ? field[1..^1].With("\"\"", "\"") : field;

    private static DateTimeOffset? Instant(string field) =>
        InstantForm().IsMatch(field)
        && DateTimeOffset.TryParseExact(
            field.With("Z", "+00:00"), ["yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFzzz"], CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var instant)
        && instant >= First && instant < End
            ? instant
            : null;

    private static string? Text(string field)
    {
        try
        {
            var text = Strict.GetString(Encoding.Latin1.GetBytes(field));
            return text.EnumerateRunes().Count() is > 0 and <= UsageEvent.TextLengthMax ? text : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static long? Quantity(string field)
    {
        if (!QuantityForm().IsMatch(field))
            return null;
        var quantity = BigInteger.Parse(field, CultureInfo.InvariantCulture);
        return !quantity.IsZero && BigInteger.Abs(quantity) <= UsageEvent.QuantityMax ? (long)quantity : null;
    }

    [GeneratedRegex(
        """
        \A("(?>(?:[^"]|"")*)"|[^",\r]*),
        ("(?>(?:[^"]|"")*)"|[^",\r]*),
        ("(?>(?:[^"]|"")*)"|[^",\r]*),
        ("(?>(?:[^"]|"")*)"|[^",\r]*),
        ("(?>(?:[^"]|"")*)"|[^",\r]*),
        ("(?>(?:[^"]|"")*)"|[^",\r]*)\z
        """,
        RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex RowForm();

    [GeneratedRegex(@"\A[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\z")]
    private static partial Regex IdForm();

    [GeneratedRegex(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})\z")]
    private static partial Regex InstantForm();

    [GeneratedRegex(@"\A-?[0-9]+\z")]
    private static partial Regex QuantityForm();
}
