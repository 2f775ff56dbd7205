using System.Buffers;
using System.Globalization;
using System.Text;

namespace Settlement.SampleHost.Users;

/// <summary>
/// Validates public text. Invisible characters (control, format and unassigned characters, lone surrogates) would allow an account to look
/// like another one, or reverse the direction of a line.
/// </summary>
internal static class VisibleText
{
    public static bool IsVisible(string text) => text.Length == RemoveInvisible(text, text.Length).Length;

    /// <summary>
    /// Whether a title is visible: the same rule as for names, but it allows joiners between two characters, which emoji and some scripts
    /// need, and titles of symbols only.
    /// </summary>
    public static bool IsVisibleTitle(string text)
    {
        var runes = text.EnumerateRunes().ToList();
        for (var i = 0; i < runes.Count; i++)
        {
            var isJoining = runes[i].Value is 0x200C or 0x200D && i > 0 && i < runes.Count - 1
                && IsVisible(runes[i - 1]) && IsVisible(runes[i + 1]);
            if (!isJoining && !IsVisible(runes[i]))
                return false;
        }

        return runes.Any(r => Rune.IsLetterOrDigit(r) || Rune.IsSymbol(r) || Rune.IsPunctuation(r))
            && !runes.Contains(Rune.ReplacementChar);
    }

    public static bool HasLetterOrDigit(string text) => text.EnumerateRunes().Any(Rune.IsLetterOrDigit);

    /// <summary>
    /// Whether the text mixes two alphabets with similar letters, such as Latin and Cyrillic, which allows imitating another name. Other
    /// combinations, such as Hangul and Latin, are common and allowed.
    /// </summary>
    public static bool MixesLookAlikes(string text)
    {
        var alphabets = text.EnumerateRunes().Select(Alphabet).Where(a => a != '-').Distinct().Count();
        return alphabets > 1;
    }

    // By Unicode block; '-' for scripts that are not confusable with the others.
    private static char Alphabet(Rune rune) => !Rune.IsLetter(rune) ? '-' : rune.Value switch
    {
        <= 0x02AF or (>= 0x1E00 and <= 0x1EFF) => 'L',
        (>= 0x0370 and <= 0x03FF) or (>= 0x1F00 and <= 0x1FFF) => 'G',
        (>= 0x0400 and <= 0x052F) or (>= 0x1C80 and <= 0x1C8F) or (>= 0xA640 and <= 0xA69F) => 'C',
        >= 0x0530 and <= 0x058F => 'A',
        (>= 0x13A0 and <= 0x13FF) or (>= 0xAB70 and <= 0xABBF) => 'K',
        >= 0x2C80 and <= 0x2CFF => 'O',
        >= 0xA4D0 and <= 0xA4FF => 'U',
        _ => '-',
    };

    /// <summary>
    /// Returns the first letter that is a styled variant of a plain one, such as a phonetic, full-width or mathematical a; null if there is
    /// none.
    /// </summary>
    public static Rune? FindStyledLetter(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsStyled(rune))
                return rune;
        }

        return null;
    }

    // By Unicode block. Apostrophes and okinas among the modifier letters are allowed: they occur in names.
    private static bool IsStyled(Rune rune) => rune.Value switch
    {
        0x0253 or 0x0254 or 0x0257 or 0x0259 or 0x025B => false, // letters of Akan, Azerbaijani, Ewe and Hausa
        // phonetic
        (>= 0x0250 and <= 0x02B8) or (>= 0x02E0 and <= 0x02E4) or (>= 0x1D00 and <= 0x1DBF) or (>= 0x1DF00 and <= 0x1DFFF) => true,
        // superscript and subscript
        0x2071 or 0x207F or (>= 0x2090 and <= 0x209C) or (>= 0x10780 and <= 0x107BF) or (>= 0x1E030 and <= 0x1E06D) => true,
        (>= 0x2C60 and <= 0x2C7F) or (>= 0xA720 and <= 0xA7FF) or (>= 0xAB30 and <= 0xAB6F) => true, // Latin extended-C, -D and -E
        (>= 0xFF21 and <= 0xFF3A) or (>= 0xFF41 and <= 0xFF5A) or (>= 0xFB00 and <= 0xFB06) => true, // full-width, ligatures
        (>= 0x2160 and <= 0x2188) or (>= 0x249C and <= 0x24E9) or (>= 0x1F110 and <= 0x1F189) => true, // Roman numerals, enclosed
        >= 0x1D400 and <= 0x1D7FF => true, // mathematical
        >= 0x2100 and <= 0x214F => Rune.IsLetter(rune), // letterlike; the others are symbols, such as the trade mark sign
        _ => false,
    };

    /// <summary>Removes invisible characters and truncates the text between characters.</summary>
    public static string RemoveInvisible(string text, int lengthMax)
    {
        var visible = new StringBuilder(text.Length);
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var isWhole = Rune.DecodeFromUtf16(rest, out var rune, out var length) == OperationStatus.Done;
            if (isWhole && IsVisible(rune))
            {
                if (visible.Length + length > lengthMax)
                    break;
                visible.Append(rest[..length]);
            }

            rest = rest[length..];
        }

        return visible.ToString();
    }

    // Letters and symbols without a glyph: Hangul fillers, the blank Braille pattern, joiners and variation selectors.
    private static bool IsBlank(Rune rune) => rune.Value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x2800 or 0x3164 or 0xFFA0
        or (>= 0x180B and <= 0x180F) or (>= 0xE0100 and <= 0xE01EF);

    private static bool IsVisible(Rune rune) => !IsBlank(rune) && Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
