using System.Text;
using System.Text.RegularExpressions;

namespace Settlements.MySql;

/// <summary>Writes texts and bytes as fields of columns of any type.</summary>
internal static partial class TextFields
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string? Write(RowBuffer row, string text, TableColumn column)
    {
        if (!Utf8IsPossible(text))
            return "The text contains a lone surrogate, which can't be encoded as UTF-8. Use valid Unicode.";
        switch (column.Kind)
        {
            case ColumnKind.Integer or ColumnKind.Bit or ColumnKind.Year or ColumnKind.Decimal or ColumnKind.Float or ColumnKind.Double:
                return NumberFields.Text(row, text, column);
            case ColumnKind.Enum or ColumnKind.Set:
                return MemberFields.Text(row, text, column);
            case ColumnKind.FixedBytes when column.IsUuid && Guid.TryParseExact(text, "D", out var id):
                Uuid(row, id);
                return null;
            case ColumnKind.FixedBytes:
                return Bytes(row, Encoding.UTF8.GetBytes(text), column);
            case ColumnKind.Char when text.EndsWith(' '):
                return $"The text ends in a space, which {column.ColumnType} removes. Trim it, or make the column VARCHAR.";
            case ColumnKind.Char when text.Length > column.Length && CodePoints.Count(text) > column.Length:
                // The server would truncate white space beyond the length without a warning.
                return FormattableString.Invariant(
                    $"The text has {CodePoints.Count(text)} characters, more than {column.ColumnType} holds. Shorten it, or widen the ")
                    + "column.";
            case ColumnKind.Date or ColumnKind.Instant when !FullYear().IsMatch(text):
                return $"The value '{NumberFields.Abbreviate(text)}' does not begin with a year of four digits. Write it as "
                    + $"2024-07-31{(column.IsTime ? " 23:59:59" : "")}.";
            case ColumnKind.Time when !TimeOfDay().IsMatch(text):
                return $"The value '{NumberFields.Abbreviate(text)}' is not a time. Write it as 23:59:59.";
            case ColumnKind.Instant or ColumnKind.Time:
                // Truncated, never rounded: rounding would move the last instant of a day into the next day.
                row.Text(Cut(text, column.Precision ?? 0));
                return null;
            default:
                row.Text(text);
                return null;
        }
    }

    public static string? Bytes(RowBuffer row, ReadOnlySpan<byte> bytes, TableColumn column)
    {
        if (column.Kind == ColumnKind.FixedBytes && bytes.Length != column.Length)
        {
            return FormattableString.Invariant(
                    $"The value has {bytes.Length} bytes, and the column is {column.ColumnType}, which pads shorter values with zero ")
                    + "bytes. "
                + FormattableString.Invariant($"Use {column.Length} bytes, or make the column VARBINARY({column.Length}).");
        }

        if (column.IsBinary)
        {
            row.Binary(bytes);
            return null;
        }

        if (column.Kind is not (ColumnKind.Text or ColumnKind.Char or ColumnKind.Json))
            return $"The value is bytes, and the column is {column.ColumnType}. Use a number, a text or a date.";
        try
        {
            return Write(row, Strict.GetString(bytes), column);
        }
        catch (DecoderFallbackException)
        {
            return $"The value is bytes that are not UTF-8, and the column is {column.ColumnType}. "
                + "Use a string, or make the column VARBINARY.";
        }
    }

    public static void Uuid(RowBuffer row, Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        row.Binary(bytes);
    }

    /// <summary>Removes the decimals of the seconds that the column doesn't store.</summary>
    private static ReadOnlySpan<char> Cut(string text, int decimals)
    {
        var point = text.LastIndexOf('.');
        if (point < 0 || text.IndexOf(':', StringComparison.Ordinal) is var colon && (colon < 0 || colon > point))
            return text;
        var end = point + 1;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
            end++;
        return end != text.Length || end - point - 1 <= decimals ? text : text.AsSpan(0, decimals == 0 ? point : point + 1 + decimals);
    }

    private static bool Utf8IsPossible(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1]))
                return false;
            i++;
        }

        return true;
    }

    /// <summary>The server would parse 10:11:12 as 2010-11-12, and add a century to two digits.</summary>
    [GeneratedRegex(@"^(?:[0-9]{4}[^0-9]|[0-9]{8}(?:[0-9]{6})?(?:\.[0-9]*)?$|[0-9]{8}T)")]
    private static partial Regex FullYear();

    /// <summary>The server would parse the first digits of a date as a time.</summary>
    [GeneratedRegex(@"^-?(?:[0-9]+ )?[0-9]+(?::[0-9]+){0,2}(?:\.[0-9]*)?$")]
    private static partial Regex TimeOfDay();
}
