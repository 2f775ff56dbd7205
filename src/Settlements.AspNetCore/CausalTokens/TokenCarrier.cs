using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Settlements.Routing;

namespace Settlements.AspNetCore;

/// <summary>Takes tokens out of requests and puts them into responses, as the options say. Thread-safe.</summary>
internal sealed class TokenCarrier(TokenProtector protector, IOptions<CausalTokenOptions> options, ILoggerFactory logs)
{
    private readonly CausalTokenOptions _options = options.Value;
    private readonly CausalTokenLog _log = new(logs.CreateLogger("Settlements.CausalTokens"));

    /// <summary>All that a request brings and that is valid; the rest is as if it were not there.</summary>
    public CausalToken Read(HttpRequest request)
    {
        var token = CausalToken.None;
        if (_options.Uses(CausalTokenCarriers.Cookie) && request.Cookies.TryGetValue(_options.CookieName, out var cookie))
            token = token.Union(ReadProtected(cookie, _options.CookieName, CausalTokenOptions.CookieLengthMax));
        if (_options.Uses(CausalTokenCarriers.Header) && request.Headers.TryGetValue(_options.HeaderName, out var header))
            token = token.Union(ReadHeader(header.ToString())); // several lines are one with commas (RFC 9110, section 5.3)
        return token;
    }

    /// <summary>Throws nothing: what was committed is committed, and a response without a token is better than none.</summary>
    public void Write(HttpContext context, CausalToken token)
    {
        string value;
        try
        {
            value = protector.Protect(token);
        }
        catch (CryptographicException e)
        {
            _log.NotProtected(e);
            return;
        }

        ForbidSharing(context.Response);
        if (_options.Uses(CausalTokenCarriers.Cookie) && Fits(value, _options.CookieName, CausalTokenOptions.CookieLengthMax))
            context.Response.Cookies.Append(_options.CookieName, value, Cookie(context.Request));
        var headerValue = _options.HeaderIsPlain ? token.ToString() : value;
        if (_options.Uses(CausalTokenCarriers.Header) && Fits(headerValue, _options.HeaderName, CausalTokenOptions.HeaderLengthMax))
            context.Response.Headers[_options.HeaderName] = headerValue;
    }

    /// <summary>A commit came after the response had begun.</summary>
    public void NoteUnsent(PathString path) => _log.Unsent(path);

    private CausalToken ReadHeader(string header)
    {
        if (!_options.HeaderIsPlain)
        {
            // A client with several requests under way may send all that it got.
            var token = CausalToken.None;
            if (header.Length > CausalTokenOptions.HeaderLengthMax)
                return Ignore(_options.HeaderName, FormattableString.Invariant($"it has more than {CausalTokenOptions.HeaderLengthMax} characters"));
            foreach (var part in header.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                token = token.Union(ReadProtected(part, _options.HeaderName, CausalTokenOptions.HeaderLengthMax));
            return token;
        }

        return header.Length <= CausalTokenOptions.HeaderLengthMax && CausalToken.TryParse(header, out var plain)
            ? plain
            : Ignore(_options.HeaderName, "it is of an unknown form, or too long");
    }

    private CausalToken ReadProtected(string value, string name, int lengthMax) => value.Length > lengthMax
        ? Ignore(name, FormattableString.Invariant($"it has more than {lengthMax} characters"))
        : protector.Unprotect(value, out var fault) ?? Ignore(name, fault);

    private CausalToken Ignore(string name, string fault)
    {
        _log.Ignored(name, fault);
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
        IsEssential = true, // it says nothing of its user, and without it he doesn't see what he wrote
    };

    /// <summary>A cache that many users share must not hand one's token to another: to him it would be a token that he has to wait for.</summary>
    private static void ForbidSharing(HttpResponse response)
    {
        if (response.GetTypedHeaders().CacheControl is not ({ NoStore: true } or { Private: true }))
            response.Headers.CacheControl = "no-store";
    }
}
