using static System.FormattableString;


namespace Settlements;

/// <summary>Validates the names of meters and versions: 1 to 64 characters that can be stored as UTF-8.</summary>
internal static class RateNames
{
    /// <summary>The maximum length of a name, in Unicode code points.</summary>
    public const int CharactersMax = 64;

    /// <summary>
    /// Returns the error of a name as a predicate, such as "is empty; …", to follow its subject; null when the name is valid.
    /// </summary>
    public static string? ErrorOf(string? name)
    {
        if (string.IsNullOrWhiteSpace(name))
            return Invariant($"is empty; use 1 to {CharactersMax} characters");
        var characters = CodePoints.Count(name);
        if (characters > CharactersMax)
            return Invariant($"has {characters} characters, over the limit of {CharactersMax}");
        return IsWellFormed(name) ? null : "has an unpaired surrogate, which can't be stored as UTF-8; remove it";
    }

    // The enumeration replaces an unpaired surrogate by U+FFFD, so the result differs.
    private static bool IsWellFormed(string name) => string.Concat(name.EnumerateRunes()).Equals(name, StringComparison.Ordinal);
}
