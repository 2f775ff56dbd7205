using System.Net;
using Scalar.AspNetCore;

namespace Settlement.SampleHost.Hosting;

/// <summary>What every answer tells the browser about itself.</summary>
internal static class SecurityHeaders
{
    /// <summary>A year, as browsers' lists want it.</summary>
    private const string StrictTransport = "max-age=31536000";

    // When the answer begins: an answer that an exception started anew has them, too.
    public static void UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            if (headers.ContentSecurityPolicy.Count == 0)
                headers.ContentSecurityPolicy = Policy(context.Items[ScalarOptions.NonceHttpContextItemKey] as string);
            if (context.Request.IsHttps && !IsLoopback(context.Request.Host))
                headers.StrictTransportSecurity = StrictTransport;

            // Answers of the API are one caller's, and some are tokens (RFC 6749, 5.1).
            if (context.IsApi() && headers.CacheControl.Count == 0)
                headers.CacheControl = "no-store";
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
            return Task.CompletedTask;
        });
        return next(context);
    });

    private static bool IsLoopback(HostString host) =>
        string.Equals(host.Host, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>
    /// Nothing from other places but videos, and no script that is written into a page. Component libraries set styles of elements, which can't
    /// run.
    /// </summary>
    /// <param name="nonce">What the script of the API's reference page is known by, made for one answer; null on other pages.</param>
    private static string Policy(string? nonce) =>
        $"default-src 'self'; script-src 'self'{(nonce is null ? "" : $" 'nonce-{nonce}'")}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        + "media-src 'self' https: blob:; connect-src 'self'; font-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; "
        + "frame-ancestors 'none'";
}
