using System.Net;
using Scalar.AspNetCore;

namespace Settlement.SampleHost.Hosting;

/// <summary>Adds the security headers to every response.</summary>
internal static class SecurityHeaders
{
    /// <summary>One year, which browsers' preload lists require.</summary>
    private const string StrictTransport = "max-age=31536000";

    // Set when the response starts, so that error responses, which clear the headers, have them too.
    public static void UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            if (headers.ContentSecurityPolicy.Count == 0)
                headers.ContentSecurityPolicy = Policy(context.Items[ScalarOptions.NonceHttpContextItemKey] as string);
            if (context.Request.IsHttps && !IsLoopback(context.Request.Host))
                headers.StrictTransportSecurity = StrictTransport;

            // Responses of the API are specific to the caller, and some contain tokens (RFC 6749, 5.1).
            if (context.IsApi() && headers.CacheControl.Count == 0)
                headers.CacheControl = "no-store";
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            if (headers["Referrer-Policy"].Count == 0)
                headers["Referrer-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
            return Task.CompletedTask;
        });
        return next(context);
    });

    private static bool IsLoopback(HostString host) =>
        string.Equals(host.Host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>
    /// Returns the content security policy: no resources of other hosts except videos, and no inline scripts. Inline styles are allowed,
    /// because component libraries set them and they can't execute code.
    /// </summary>
    /// <param name="nonce">The nonce for the script of the API reference page; null on other pages.</param>
    private static string Policy(string? nonce) =>
        $"default-src 'self'; script-src 'self'{(nonce is null ? "" : $" 'nonce-{nonce}'")}; style-src 'self' "
            + $"'unsafe-inline'; img-src 'self' data:; "
        + "media-src 'self' https: blob:; connect-src 'self'; font-src 'self' data:; object-src 'none'; "
        + "base-uri 'self'; form-action 'self'; "
        + "frame-ancestors 'none'";
}
