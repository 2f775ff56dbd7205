namespace Settlements.AspNetCore;

/// <summary>How causal tokens travel with requests and responses. Read once, when the application starts.</summary>
public sealed class CausalTokenOptions
{
    /// <summary>
    /// The longest value of a cookie that is sent or read, in characters: 3,800. With name and attributes it fits the 4,096 bytes that a browser keeps.
    /// A token of about 2,700 characters is that long, which is MySQL's set of about 50 servers; one of MariaDB has 10 to 100.
    /// </summary>
    public const int CookieLengthMax = 3_800;

    /// <summary>The longest value of a header that is sent or read, in characters: 7,600. Proxies take lines of 8 KiB.</summary>
    public const int HeaderLengthMax = 7_600;

    /// <summary>In what tokens travel; by default in the cookie. In both, what a request brings in either is united.</summary>
    public CausalTokenCarriers Carriers { get; set; } = CausalTokenCarriers.Cookie;

    /// <summary>The cookie's name. Default <c>causal-token</c>. Letters, digits and <c>!#$%&amp;'*+-.^_`|~</c>, at most 100.</summary>
    public string CookieName { get; set; } = "causal-token";

    /// <summary>
    /// Whether the cookie is for HTTPS alone, always. By default it is when the request came by HTTPS; set it where a proxy ends HTTPS and
    /// forwards no scheme.
    /// </summary>
    public bool CookieIsAlwaysSecure { get; set; }

    /// <summary>The header's name, in requests and responses. Default <c>Causal-Token</c>. As for <see cref="CookieName"/>.</summary>
    public string HeaderName { get; set; } = "Causal-Token";

    /// <summary>
    /// Whether the header is the token's own text, neither signed nor bounded in time. Default false. For networks in which everybody is trusted:
    /// whoever can send a request can make its reads wait for a token that nobody issued, each for
    /// <see cref="Routing.RoutingOptions.TokenWaitMax"/>, and load the primary with them. The cookie is protected all the same.
    /// </summary>
    public bool HeaderIsPlain { get; set; }

    /// <summary>
    /// How long after a write its user's reads look for it. From 1 second to 1 day; default 5 minutes. Make it longer than replicas are ever behind;
    /// after a restored backup, reads of older tokens wait in vain for as long.
    /// </summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Every value that can't be used, in words; empty when all are fine.</summary>
    /// <returns>The faults.</returns>
    public IEnumerable<string> Validate()
    {
        if (Carriers is CausalTokenCarriers.None || (Carriers & ~(CausalTokenCarriers.Cookie | CausalTokenCarriers.Header)) != 0)
            yield return $"Carriers is {Carriers}; use Cookie, Header or both.";
        if (!IsName(CookieName))
            yield return FormattableString.Invariant($"CookieName is '{CookieName}'; use 1 to {NameLengthMax} letters, digits and {NameSymbols}.");
        if (!IsName(HeaderName))
            yield return FormattableString.Invariant($"HeaderName is '{HeaderName}'; use 1 to {NameLengthMax} letters, digits and {NameSymbols}.");
        if (Lifetime < TimeSpan.FromSeconds(1) || Lifetime > TimeSpan.FromDays(1))
            yield return $"Lifetime is {Lifetime}; use 1 second to 1 day.";
        if (HeaderIsPlain && (Carriers & CausalTokenCarriers.Header) == 0)
            yield return $"HeaderIsPlain is set, but Carriers is {Carriers}; add Header, or leave HeaderIsPlain out.";
    }

    internal bool Uses(CausalTokenCarriers carrier) => (Carriers & carrier) != 0;

    private const int NameLengthMax = 100;

    private const string NameSymbols = "!#$%&'*+-.^_`|~";

    /// <summary>A token of RFC 9110, section 5.6.2, which names of headers and of cookies (RFC 6265, section 4.1.1) are.</summary>
    private static bool IsName(string? name) =>
        name is { Length: > 0 and <= NameLengthMax } && name.All(c => char.IsAsciiLetterOrDigit(c) || NameSymbols.Contains(c, StringComparison.Ordinal));
}
