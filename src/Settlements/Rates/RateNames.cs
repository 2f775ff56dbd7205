using static System.FormattableString;


namespace Settlements;

/// <summary>The rule that meters' and versions' names keep: 1 to 64 characters, and text that can be stored as UTF-8.</summary>
internal static class RateNames
{
    /// <summary>The most characters of a name, counted as Unicode code points.</summary>
    public const int CharactersMax = 64;

    /// <summary>What is wrong with a name, in words that follow the thing's own: "is empty; …". Null when nothing is.</summary>
    public static string? ErrorOf(string? name)
    {
        if (string.IsNullOrWhiteSpace(name))
            return Invariant($"is empty; give it 1 to {CharactersMax} characters");
        var characters = CodePoints.Count(name);
        if (characters > CharactersMax)
            return Invariant($"has {characters} characters, over the limit of {CharactersMax}");
        return IsWellFormed(name) ? null : "has half of a surrogate pair, which can't be stored as UTF-8; write whole characters";
    }

    // Malformed halves come out of the enumeration as U+FFFD, which is another text.
    private static bool IsWellFormed(string name) => string.Concat(name.EnumerateRunes()).Equals(name, StringComparison.Ordinal);
}
