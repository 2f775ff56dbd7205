using Microsoft.AspNetCore.Antiforgery;
using Microsoft.Net.Http.Headers;

namespace Settlement.SampleHost.Hosting;

/// <summary>
/// Rejects forged writes. A browser attaches cookies to cross-site requests, so a write authenticated by cookie needs an antiforgery token.
/// A bearer token is not attached automatically and needs none. An anonymous write needs no cookie, so a page of another site could
/// send it. Therefore every write without a bearer token is rejected if its Sec-Fetch-Site or Origin header indicates another origin.
/// </summary>
internal sealed class AntiforgeryFilter(IAntiforgery antiforgery) : IEndpointFilter
{
    public const string Header = "X-CSRF-TOKEN";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var isWrite = !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method);
        if (isWrite && !IsBearer(http.Request) && IsCrossOrigin(http.Request))
        {
            throw new PlatformException(
                StatusCodes.Status403Forbidden, "Cross-site request refused",
                "Writes without a bearer token are accepted from pages of this host only. From a program, send a bearer token, or neither "
                + "Sec-Fetch-Site nor Origin.");
        }

        var isByCookie = http.User.Identity?.IsAuthenticated == true && !IsBearer(http.Request);
        if (isWrite && (isByCookie || http.GetEndpoint()?.Metadata.GetMetadata<NeedsAntiforgery>() is not null))
            await antiforgery.ValidateRequestAsync(http);
        return await next(context);
    }

    /// <summary>
    /// Whether a browser sent the request from a page of another origin. Another host of the same site counts as another origin, since
    /// somebody else may control it. Without HTTPS, browsers omit Sec-Fetch-Site but send Origin with each write. The scheme is not
    /// compared, since a proxy may have terminated HTTPS.
    /// </summary>
    public static bool IsCrossOrigin(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site)
            return site is not ("same-origin" or "none");
        return request.Headers.Origin.ToString() is { Length: > 0 } origin
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var page)
                && string.Equals(page.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }

    public static bool IsBearer(HttpRequest request) =>
        request.Headers[HeaderNames.Authorization].ToString().StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase);
}

/// <summary>
/// Endpoint metadata: an antiforgery token is required although the caller is anonymous, because the response sets a login cookie.
/// </summary>
internal sealed class NeedsAntiforgery
{
    public static readonly NeedsAntiforgery Instance = new();
}

/// <summary>Endpoint metadata: responses contain secrets and are not stored for a repeated Idempotency-Key.</summary>
internal sealed class NoReplay
{
    public static readonly NoReplay Instance = new();
}
