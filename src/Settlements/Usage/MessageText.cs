using System.Globalization;
using System.Text;

namespace Settlements;

/// <summary>Values as error messages show them: cut, and with control characters spelled out, so that a message stays one line.</summary>
internal static class MessageText
{
    /// <summary>What is shown of one value: 80 chars.</summary>
    public const int LengthMax = 80;

    public static string Escape(ReadOnlySpan<byte> utf8, int lengthMax = LengthMax) =>
        Escape(Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, (lengthMax + 1) * 4)]), lengthMax);

    public static string Escape(string text, int lengthMax = LengthMax)
    {
        var shown = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length >= lengthMax)
                return shown.Append('…').ToString();
            if (Rune.IsControl(rune))
                shown.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}");
            else
                shown.Append(rune.ToString());
        }

        return shown.ToString();
    }
}
