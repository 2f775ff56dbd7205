using System.Data.Common;
using System.Globalization;
using System.Text;

namespace Settlements.MySql;

/// <summary>Formats a rejected row as text.</summary>
internal static class RawText
{
    public static string Of<T>(T row)
    {
        string text;
        try
        {
            text = row is DbDataReader reader
                ? string.Join(", ", Enumerable.Range(0, reader.FieldCount)
                    .Select(i => reader.IsDBNull(i) ? "null" : string.Create(CultureInfo.InvariantCulture, $"{reader.GetValue(i)}")))
                : string.Create(CultureInfo.InvariantCulture, $"{row}");
        }
        catch (Exception e) when (e is InvalidCastException or FormatException or OverflowException)
        {
            text = "(a row whose values can't be shown)";
        }

        return RawRow.Cut(text);
    }

    /// <summary>Formats an encoded row: fields separated by tabs, null as \N.</summary>
    public static string Of(ReadOnlySpan<byte> encoded)
    {
        var text = Encoding.UTF8.GetString(encoded[..Math.Min(encoded.Length, RejectedRow.RawLengthMax)]);
        return text.TrimEnd('\n');
    }
}
