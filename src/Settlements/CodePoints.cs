namespace Settlements;

/// <summary>
/// Counts the Unicode code points of texts, the unit in which the lengths of ids and names are limited on every engine.
/// </summary>
internal static class CodePoints
{
    /// <summary>Counts the code points of a UTF-16 text. An unpaired surrogate counts as one.</summary>
    public static int Count(string text)
    {
        var count = text.Length;
        for (var i = 1; i < text.Length; i++)
        {
            if (char.IsLowSurrogate(text[i]) && char.IsHighSurrogate(text[i - 1]))
                count--;
        }

        return count;
    }

    /// <summary>Counts the code points of a UTF-8 text.</summary>
    /// <param name="utf8">Valid UTF-8. Every byte that is not of the form 10xxxxxx starts a code point.</param>
    public static int Count(ReadOnlySpan<byte> utf8)
    {
        var count = 0;
        foreach (var unit in utf8)
            count += (unit & 0xC0) == 0x80 ? 0 : 1;
        return count;
    }
}
