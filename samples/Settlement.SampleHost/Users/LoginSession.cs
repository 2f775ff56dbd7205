using Settlement.SampleHost.Hosting;

namespace Settlement.SampleHost.Users;

/// <summary>Who holds the cookie or token of a login session.</summary>
internal enum SessionKind
{
    /// <summary>A browser, with a cookie.</summary>
    Browser = 0,

    /// <summary>A program, with a bearer token.</summary>
    Program = 1,
}

/// <summary>An active login session of an account, as its owner sees it.</summary>
/// <param name="Id">The id, 32 hex digits. It does not give access: cookies and tokens are encrypted.</param>
/// <param name="Kind">Whether a browser or a program has logged in.</param>
/// <param name="Client">The browser and the system, or the program's name, as stated by the client.</param>
/// <param name="Address">The network address of the login; of IPv6, the network.</param>
/// <param name="StartedAt">The login.</param>
/// <param name="LastUsedAt">The last use, exact to ten minutes.</param>
/// <param name="ExpiresAt">The end, unless it is used before.</param>
/// <param name="IsCurrent">Whether it is the login session of the request.</param>
internal sealed record LoginSession(
    string Id, SessionKind Kind, string Client, string Address, DateTimeOffset StartedAt, DateTimeOffset LastUsedAt,
    DateTimeOffset ExpiresAt, bool IsCurrent);

/// <summary>From where a login came, by which its owner recognises it.</summary>
internal sealed record SessionOrigin(SessionKind Kind, string Client, string Address)
{
    private const int ClientLengthMax = 100;

    /// <summary>The words of a User-Agent header that identify a browser. The order matters: most contain the words of others.</summary>
    private static readonly (string Word, string Name)[] Browsers =
    [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Whale/", "Whale"), ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"), ("Chrome/", "Chrome"), ("CriOS/", "Chrome"), ("Safari/", "Safari"),
    ];

    private static readonly (string Word, string Name)[] Systems =
    [
        ("iPhone", "iOS"), ("iPad", "iPadOS"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];

    public static SessionOrigin Of(HttpContext context, SessionKind kind) =>
        new(kind, Describe(context.Request.Headers.UserAgent.ToString()), NetworkAddress.Of(context));

    /// <summary>Returns the browser and the system of a User-Agent header, or its first product; empty without one.</summary>
    public static string Describe(string userAgent)
    {
        var browser = Find(Browsers, userAgent);
        if (browser is not null)
            return Find(Systems, userAgent) is { } system ? $"{browser}, {system}" : browser;
        return VisibleText.RemoveInvisible(userAgent.Split('/', ' ')[0], ClientLengthMax);
    }

    private static string? Find((string Word, string Name)[] known, string text) =>
        known.FirstOrDefault(k => text.Contains(k.Word, StringComparison.Ordinal)).Name;
}
