using System.Diagnostics.CodeAnalysis;

namespace Settlements.Routing;

/// <summary>
/// What a commit left behind on the primary, as the server names it: its global transaction ids. A read after the token sees the commit, on
/// whatever host. It can be written as text, and travel in a cookie, a header, a message or a job. Immutable, compared by value.
/// </summary>
/// <remarks>
/// The text is the server's own: <c>0-1-100</c> (MariaDB: domain, server, sequence; one for each domain) or
/// <c>3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5</c> (MySQL: the set of all executed transactions).
/// </remarks>
public sealed class CausalToken : IEquatable<CausalToken>
{
    /// <summary>The longest text that is read, in characters: 1,048,576. A server's usual one has 10 to 100.</summary>
    public const int TextLengthMax = 1_048_576;

    private readonly GtidSet? _gtids;

    private CausalToken(GtidSet? gtids) => _gtids = gtids;

    /// <summary>Nothing was written; nothing has to be waited for.</summary>
    public static CausalToken None { get; } = new(null);

    /// <summary>Whether it names no transaction.</summary>
    public bool IsNone => _gtids is null;

    /// <summary>Whether it comes from MySQL; otherwise it is MariaDB's, or none.</summary>
    public bool IsMySql => _gtids is MySqlGtids;

    /// <summary>Reads a token's text.</summary>
    /// <param name="text">What <see cref="ToString"/> gave, or a server's GTID position; empty is <see cref="None"/>.</param>
    /// <returns>The token.</returns>
    /// <exception cref="FormatException">It is neither MariaDB's nor MySQL's form, or longer than <see cref="TextLengthMax"/>.</exception>
    public static CausalToken Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var token)
            ? token
            : throw new FormatException(
                $"'{(text.Length > 80 ? text[..80] + "…" : text)}' is no causal token: write MariaDB's form, 0-1-100, or MySQL's, "
                + FormattableString.Invariant($"3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5, in at most {TextLengthMax} characters."));
    }

    /// <summary>Reads a token's text, and never throws.</summary>
    /// <param name="text">As for <see cref="Parse"/>; null is no token.</param>
    /// <param name="token">The token; null where there is none in the text.</param>
    /// <returns>Whether the text is a token's.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out CausalToken? token)
    {
        token = null;
        if (text is null || text.Length > TextLengthMax)
            return false;
        if (string.IsNullOrWhiteSpace(text))
        {
            token = None;
            return true;
        }

        GtidSet? gtids = text.Contains(':', StringComparison.Ordinal) ? MySqlGtids.Parse(text) : MariaDbGtids.Parse(text);
        token = gtids is null ? null : new CausalToken(gtids);
        return token is not null;
    }

    /// <summary>Whether a host at a position has all that this names.</summary>
    /// <param name="position">What the host has executed.</param>
    /// <returns>True also for <see cref="None"/>; false for a position of the other server family, which says nothing of this one.</returns>
    /// <remarks>
    /// On MariaDB as the server itself compares: by each domain's sequence number, which grows within a domain whichever server writes.
    /// </remarks>
    public bool IsCoveredBy(CausalToken position)
    {
        ArgumentNullException.ThrowIfNull(position);
        return _gtids is null || (position._gtids is not null && _gtids.IsCoveredBy(position._gtids));
    }

    /// <summary>A token that names what either names.</summary>
    /// <param name="other">The other token.</param>
    /// <returns>The union; of two server families the other one, as the newer.</returns>
    public CausalToken Union(CausalToken other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (_gtids is null || (other._gtids is not null && other._gtids.GetType() != _gtids.GetType()))
            return other;
        return other.IsCoveredBy(this) ? this : new CausalToken(_gtids.Union(other._gtids!));
    }

    /// <inheritdoc/>
    public bool Equals(CausalToken? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CausalToken);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>The text that <see cref="Parse"/> reads: digits, hexadecimal digits and <c>- : ,</c>, and MySQL's tags.</summary>
    /// <returns>The text; empty for <see cref="None"/>.</returns>
    public override string ToString() => _gtids?.ToString() ?? "";
}
