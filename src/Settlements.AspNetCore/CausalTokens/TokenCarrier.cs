using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Settlements.Routing;

namespace Settlements.AspNetCore;

/// <summary>Reads tokens from requests and writes them to responses, with the configured carriers. Thread-safe.</summary>
internal sealed class TokenCarrier(TokenProtector protector, IOptions<CausalTokenOptions> options, ILoggerFactory logs)
{
    private readonly CausalTokenOptions _options = options.Value;
    private readonly CausalTokenLog _log = new(logs.CreateLogger("Settlements.CausalTokens"));

    /// <summary>Reads the valid tokens of a request and merges them. Invalid tokens are ignored.</summary>
    public CausalToken Read(HttpRequest request)
    {
        var token = CausalToken.None;
        if (_options.Uses(CausalTokenCarriers.Cookie) && request.Cookies.TryGetValue(_options.CookieName, out var cookie))
            token = token.Union(ReadProtected(cookie, _options.CookieName, CausalTokenOptions.CookieLengthMax));
        if (_options.Uses(CausalTokenCarriers.Header) && request.Headers.TryGetValue(_options.HeaderName, out var header))
            token = token.Union(ReadHeader(header.ToString())); // several lines are one with commas (RFC 9110, section 5.3)
        return token;
    }

    /// <summary>
    /// Writes a token to a response. Doesn't throw: the transaction is committed, and a response without a token is better than an error.
    /// </summary>
    public void Write(HttpContext context, CausalToken token)
    {
        string value;
        try
        {
            value = protector.Protect(token);
        }
        catch (CryptographicException e)
        {
            _log.ProtectionFailed(e);
            return;
        }

        PreventSharedCaching(context.Response);
        if (_options.Uses(CausalTokenCarriers.Cookie) && Fits(value, _options.CookieName, CausalTokenOptions.CookieLengthMax))
            context.Response.Cookies.Append(_options.CookieName, value, Cookie(context.Request));
        var headerValue = _options.HeaderIsPlain ? token.ToString() : value;
        if (_options.Uses(CausalTokenCarriers.Header) && Fits(headerValue, _options.HeaderName, CausalTokenOptions.HeaderLengthMax))
            context.Response.Headers[_options.HeaderName] = headerValue;
    }

    /// <summary>Logs that a request committed after its response had started.</summary>
    public void LogResponseStarted(PathString path) => _log.ResponseStarted(path);

    private CausalToken ReadHeader(string header)
    {
        if (!_options.HeaderIsPlain)
        {
            // A client with concurrent requests may send all tokens that it received.
            var token = CausalToken.None;
            if (header.Length > CausalTokenOptions.HeaderLengthMax)
            {
                return Ignore(
                    _options.HeaderName,
                    FormattableString.Invariant($"it has more than {CausalTokenOptions.HeaderLengthMax} characters"));
            }

            foreach (var part in header.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                token = token.Union(ReadProtected(part, _options.HeaderName, CausalTokenOptions.HeaderLengthMax));
            return token;
        }

        return header.Length <= CausalTokenOptions.HeaderLengthMax && CausalToken.TryParse(header, out var plain)
            ? plain
            : Ignore(_options.HeaderName, "its format is unknown, or it is too long");
    }

    private CausalToken ReadProtected(string value, string name, int lengthMax) => value.Length > lengthMax
        ? Ignore(name, FormattableString.Invariant($"it has more than {lengthMax} characters"))
        : protector.Unprotect(value, out var reason) ?? Ignore(name, reason);

    private CausalToken Ignore(string name, string reason)
    {
        _log.Ignored(name, reason);
        return CausalToken.None;
    }

    private bool Fits(string value, string name, int lengthMax)
    {
        if (value.Length <= lengthMax)
            return true;
        _log.TooLong(name, value.Length, lengthMax);
        return false;
    }

    private CookieOptions Cookie(HttpRequest request) => new()
    {
        HttpOnly = true,
        Secure = _options.CookieIsAlwaysSecure || request.IsHttps,
        SameSite = SameSiteMode.Lax,
        Path = "/",
        MaxAge = _options.Lifetime,
        IsEssential = true, // it contains no personal data, and without it users don't see their own writes
    };

    /// <summary>
    /// Prevents shared caches from storing the response: with another user's token, a user's reads would wait for that user's writes.
    /// </summary>
    private static void PreventSharedCaching(HttpResponse response)
    {
        if (response.GetTypedHeaders().CacheControl is not ({ NoStore: true } or { Private: true }))
            response.Headers.CacheControl = "no-store";
    }
}
