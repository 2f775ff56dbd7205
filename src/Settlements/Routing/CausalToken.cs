using System.Diagnostics.CodeAnalysis;

namespace Settlements.Routing;

/// <summary>
/// A causal token: the global transaction ids (GTIDs) of commits on the primary. A read after the token sees these commits on any server.
/// Its text can be passed in a cookie, a header, a message or a job. Immutable; compared by value.
/// </summary>
/// <remarks>
/// The text is the GTID format of the server: <c>0-1-100</c> (MariaDB: domain, server, sequence; one for each domain) or
/// <c>3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5</c> (MySQL: the set of all executed transactions).
/// </remarks>
public sealed class CausalToken : IEquatable<CausalToken>
{
    /// <summary>The maximum length of a text, in characters: 1,048,576. Typical texts have 10 to 100.</summary>
    internal const int TextLengthMax = 1_048_576;

    private readonly GtidSet? _gtids;

    private CausalToken(GtidSet? gtids) => _gtids = gtids;

    /// <summary>Gets the empty token, for which a read never waits.</summary>
    public static CausalToken None { get; } = new(null);

    /// <summary>Gets whether the token is empty.</summary>
    public bool IsNone => _gtids is null;

    /// <summary>Gets whether the token is in the format of MySQL; otherwise it is in that of MariaDB, or empty.</summary>
    public bool IsMySql => _gtids is MySqlGtids;

    /// <summary>Parses a token.</summary>
    /// <param name="text">
    /// A text from <see cref="ToString"/>, or the GTID position of a server; an empty text is <see cref="None"/>.
    /// </param>
    /// <returns>The token.</returns>
    /// <exception cref="FormatException">
    /// The text is in the format of neither MariaDB nor MySQL, or longer than 1,048,576 characters.
    /// </exception>
    public static CausalToken Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var token)
            ? token
            : throw new FormatException(
                $"'{(text.Length > 80 ? text[..80] + "…" : text)}' is not a causal token. Use the format of MariaDB, 0-1-100, or of MySQL, "
                + FormattableString.Invariant($"3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5, in at most {TextLengthMax} characters."));
    }

    /// <summary>Parses a token without throwing an exception.</summary>
    /// <param name="text">The text, as for <see cref="Parse"/>, or null.</param>
    /// <param name="token">The token; null when the text is not valid.</param>
    /// <returns>Whether the text is a valid token.</returns>
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

    /// <summary>Returns whether a server at a position has executed all transactions of this token.</summary>
    /// <param name="position">The position of the server: the transactions that it has executed.</param>
    /// <returns>
    /// <see langword="true"/> also for <see cref="None"/>; <see langword="false"/> for a position of the other server family, which is
    /// not comparable.
    /// </returns>
    /// <remarks>
    /// On MariaDB, positions are compared like the server does: by the sequence number of each domain, which increases within a domain
    /// whichever server writes.
    /// </remarks>
    public bool IsCoveredBy(CausalToken position)
    {
        ArgumentNullException.ThrowIfNull(position);
        return _gtids is null || (position._gtids is not null && _gtids.IsCoveredBy(position._gtids));
    }

    /// <summary>Returns the union of two tokens.</summary>
    /// <param name="other">The other token.</param>
    /// <returns>The union; for different server families the other token, as the newer one.</returns>
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

    /// <summary>Returns the text for <see cref="Parse"/>: digits, hexadecimal digits, <c>- : ,</c> and the tags of MySQL.</summary>
    /// <returns>The text; empty for <see cref="None"/>.</returns>
    public override string ToString() => _gtids?.ToString() ?? "";
}
