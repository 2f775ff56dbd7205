using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>Compares texts by the bytes of their UTF-8 form, the order of ids in the whole library. Thread-safe.</summary>
/// <remarks>
/// Differs from <see cref="StringComparer.Ordinal"/>, which compares UTF-16: there a character above U+FFFF comes before U+E000 to U+FFFF.
/// </remarks>
[Experimental("SETTLE001")]
public sealed class Utf8Order : IComparer<string>
{
    private Utf8Order()
    {
    }

    /// <summary>Gets the comparer.</summary>
    public static Utf8Order Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        if (x is null || y is null)
            return (x is null ? 0 : 1) - (y is null ? 0 : 1);
        var common = x.AsSpan().CommonPrefixLength(y);
        if (common == x.Length || common == y.Length)
            return x.Length.CompareTo(y.Length);
        return (Rank(x[common]), x[common]).CompareTo((Rank(y[common]), y[common]));
    }

    /// <summary>Surrogates encode characters above U+FFFF, which sort after all others.</summary>
    private static int Rank(char c) => char.IsSurrogate(c) ? 1 : 0;
}
