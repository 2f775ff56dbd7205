namespace Settlements;

/// <summary>
/// The length of texts: limits of ids and names are numbers of Unicode code points, on every engine and in every encoding.
/// </summary>
internal static class CodePoints
{
    /// <summary>How many code points a text has. Each half of a surrogate pair that stands alone counts as one.</summary>
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

    /// <summary>How many code points a text has.</summary>
    /// <param name="utf8">Valid UTF-8, which starts a code point with every byte that is not 10xxxxxx.</param>
    public static int Count(ReadOnlySpan<byte> utf8)
    {
        var count = 0;
        foreach (var unit in utf8)
            count += (unit & 0xC0) == 0x80 ? 0 : 1;
        return count;
    }
}
