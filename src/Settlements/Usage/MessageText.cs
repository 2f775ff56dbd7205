using System.Globalization;
using System.Text;

namespace Settlements;

/// <summary>Formats values for error messages: truncated, and with control characters escaped, so that a message stays one line.</summary>
internal static class MessageText
{
    /// <summary>The maximum length of a value in a message: 80 chars.</summary>
    public const int LengthMax = 80;

    public static string Escape(ReadOnlySpan<byte> utf8, int lengthMax = LengthMax) =>
        Escape(Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, (lengthMax + 1) * 4)]), lengthMax);

    public static string Escape(string text, int lengthMax = LengthMax)
    {
        var escaped = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (escaped.Length >= lengthMax)
                return escaped.Append('…').ToString();
            if (Rune.IsControl(rune))
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}");
            else
                escaped.Append(rune.ToString());
        }

        return escaped.ToString();
    }
}
