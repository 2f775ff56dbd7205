using System.Text;

namespace Settlements;

/// <summary>Truncates the text of a rejected row to <see cref="RejectedRow.RawLengthMax"/> chars, without dividing a character.</summary>
internal static class RawRow
{
    /// <summary>
    /// The number of bytes that is sufficient: a char has at most 4 bytes, and a character divided by this limit is beyond the maximum
    /// length.
    /// </summary>
    public const int BytesMax = (RejectedRow.RawLengthMax + 1) * 4;

    public static string Text(ReadOnlySpan<byte> utf8) => Cut(Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, BytesMax)]));

    public static string Cut(string text)
    {
        const int max = RejectedRow.RawLengthMax;
        return text.Length <= max ? text : text[..(char.IsHighSurrogate(text[max - 1]) ? max - 1 : max)];
    }
}
