using System.Text;

namespace Settlements;

/// <summary>The text of a rejected row, cut at <see cref="RejectedRow.RawLengthMax"/> chars and never within a character.</summary>
internal static class RawRow
{
    /// <summary>No char comes from more than 4 bytes, so these are enough; a character that they cut in two is past the limit.</summary>
    public const int BytesMax = (RejectedRow.RawLengthMax + 1) * 4;

    public static string Text(ReadOnlySpan<byte> utf8) => Cut(Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, BytesMax)]));

    public static string Cut(string text)
    {
        const int max = RejectedRow.RawLengthMax;
        return text.Length <= max ? text : text[..(char.IsHighSurrogate(text[max - 1]) ? max - 1 : max)];
    }
}
