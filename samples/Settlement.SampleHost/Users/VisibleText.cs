using System.Buffers;
using System.Globalization;
using System.Text;

namespace Settlement.SampleHost.Users;

/// <summary>
/// Texts that others read as they are. What nobody sees (control and format characters, unassigned ones, halves of characters) would let one
/// account look like another, or turn a line around.
/// </summary>
internal static class VisibleText
{
    public static bool IsVisible(string text) => text.Length == Kept(text, text.Length).Length;

    public static bool HasLetterOrDigit(string text) => text.EnumerateRunes().Any(Rune.IsLetterOrDigit);

    /// <summary>The text without what nobody sees, cut between characters.</summary>
    public static string Kept(string text, int lengthMax)
    {
        var kept = new StringBuilder(text.Length);
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var isWhole = Rune.DecodeFromUtf16(rest, out var rune, out var length) == OperationStatus.Done;
            if (isWhole && IsVisible(rune))
            {
                if (kept.Length + length > lengthMax)
                    break;
                kept.Append(rest[..length]);
            }

            rest = rest[length..];
        }

        return kept.ToString();
    }

    private static bool IsVisible(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
