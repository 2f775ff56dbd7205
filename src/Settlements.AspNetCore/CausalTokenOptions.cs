namespace Settlements.AspNetCore;

/// <summary>Options of causal tokens in requests and responses. Read once, when the application starts.</summary>
public sealed class CausalTokenOptions
{
    /// <summary>
    /// The longest value of a cookie that is sent or read, in characters: 3,800. With its name and attributes it fits the 4,096 bytes that
    /// browsers store. A token of about 2,700 characters encrypts to this length: a MySQL GTID set of about 50 servers. Tokens of MariaDB
    /// have 10 to 100 characters.
    /// </summary>
    public const int CookieLengthMax = 3_800;

    /// <summary>The longest value of a header that is sent or read, in characters: 7,600. Proxies accept header lines of 8 KiB.</summary>
    public const int HeaderLengthMax = 7_600;

    /// <summary>How tokens are exchanged; by default in a cookie. With both carriers, the tokens of a request are merged.</summary>
    public CausalTokenCarriers Carriers { get; set; } = CausalTokenCarriers.Cookie;

    /// <summary>The cookie's name. Default <c>causal-token</c>. Letters, digits and <c>!#$%&amp;'*+-.^_`|~</c>, at most 100.</summary>
    public string CookieName { get; set; } = "causal-token";

    /// <summary>
    /// Whether the cookie is always <c>Secure</c>. Default false: it is <c>Secure</c> when the request used HTTPS. Set it behind a proxy
    /// that terminates TLS and doesn't forward the scheme.
    /// </summary>
    public bool CookieIsAlwaysSecure { get; set; }

    /// <summary>
    /// The header's name, in requests and responses. Default <c>Causal-Token</c>. Same characters as <see cref="CookieName"/>.
    /// </summary>
    public string HeaderName { get; set; } = "Causal-Token";

    /// <summary>
    /// Whether the header is the token as plain text, neither encrypted nor signed, and without an expiry. Default false. Only for networks
    /// whose clients are all trusted: any client can send a forged token, which makes each read wait for
    /// <c>RoutingOptions.TokenWaitMax</c> and then go to the primary. The cookie is encrypted in either case.
    /// </summary>
    public bool HeaderIsPlain { get; set; }

    /// <summary>
    /// How long a token is valid after the write. From 1 second to 1 day; default 5 minutes. It should exceed the longest replication lag.
    /// After a restore from a backup, reads with older tokens time out and go to the primary until the tokens expire.
    /// </summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Validates the options.</summary>
    /// <returns>One message per error; empty when all options are valid.</returns>
    internal IEnumerable<string> Validate()
    {
        if (Carriers is CausalTokenCarriers.None || (Carriers & ~(CausalTokenCarriers.Cookie | CausalTokenCarriers.Header)) != 0)
            yield return $"Carriers is {Carriers}; use Cookie, Header or both.";
        if (!IsName(CookieName))
            yield return FormattableString.Invariant(
                $"CookieName is '{CookieName}'; use 1 to {NameLengthMax} letters, digits and {NameSymbols}.");
        if (!IsName(HeaderName))
            yield return FormattableString.Invariant(
                $"HeaderName is '{HeaderName}'; use 1 to {NameLengthMax} letters, digits and {NameSymbols}.");
        if (Lifetime < TimeSpan.FromSeconds(1) || Lifetime > TimeSpan.FromDays(1))
            yield return $"Lifetime is {Lifetime}; use 1 second to 1 day.";
        if (HeaderIsPlain && (Carriers & CausalTokenCarriers.Header) == 0)
            yield return $"HeaderIsPlain is set, but Carriers is {Carriers}; add Header, or remove HeaderIsPlain.";
    }

    internal bool Uses(CausalTokenCarriers carrier) => (Carriers & carrier) != 0;

    private const int NameLengthMax = 100;

    private const string NameSymbols = "!#$%&'*+-.^_`|~";

    /// <summary>
    /// Returns whether a name is a token of RFC 9110, section 5.6.2, as names of headers and of cookies (RFC 6265, section 4.1.1) have to
    /// be.
    /// </summary>
    private static bool IsName(string? name) =>
        name is { Length: > 0 and <= NameLengthMax }
        && name.All(c => char.IsAsciiLetterOrDigit(c) || NameSymbols.Contains(c, StringComparison.Ordinal));
}
