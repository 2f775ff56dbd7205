using Microsoft.AspNetCore.Antiforgery;
using Microsoft.Net.Http.Headers;

namespace Settlement.SampleHost.Hosting;

/// <summary>
/// A browser sends its cookies with requests that other sites make it send: a write by cookie proves that it comes from a page of ours. A
/// bearer token is sent by its program alone and proves that by itself. A write of somebody who is not logged in needs no cookie at all, so
/// other sites' pages could send it as well: what a browser says of the page that sends it decides.
/// </summary>
internal sealed class AntiforgeryFilter(IAntiforgery antiforgery) : IEndpointFilter
{
    public const string Header = "X-CSRF-TOKEN";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var isWrite = !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method);
        if (isWrite && !IsBearer(http.Request) && IsForeign(http.Request))
        {
            throw new PlatformException(
                StatusCodes.Status403Forbidden, "The request comes from a page of another site",
                "Only pages of this host write without a token. A program sends neither Sec-Fetch-Site nor Origin, or a bearer token.");
        }

        var isByCookie = http.User.Identity?.IsAuthenticated == true && !IsBearer(http.Request);
        if (isWrite && (isByCookie || http.GetEndpoint()?.Metadata.GetMetadata<NeedsAntiforgery>() is not null))
            await antiforgery.ValidateRequestAsync(http);
        return await next(context);
    }

    /// <summary>
    /// Whether a browser says that a page of another origin sends this. A sibling host of the same site is another one too: it may be anybody's, and
    /// no page of this host is there. Browsers say no Sec-Fetch-Site to hosts without HTTPS, but Origin with each write; its scheme is not compared,
    /// as a proxy may have ended HTTPS.
    /// </summary>
    public static bool IsForeign(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site)
            return site is not ("same-origin" or "none");
        return request.Headers.Origin.ToString() is { Length: > 0 } origin
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var page) && string.Equals(page.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }

    public static bool IsBearer(HttpRequest request) =>
        request.Headers[HeaderNames.Authorization].ToString().StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase);
}

/// <summary>Marks an endpoint that gives a cookie to somebody who has none yet.</summary>
internal sealed class NeedsAntiforgery
{
    public static readonly NeedsAntiforgery Instance = new();
}

/// <summary>Marks an endpoint whose answers are secrets: they are not kept for a repeated Idempotency-Key.</summary>
internal sealed class NoReplay
{
    public static readonly NoReplay Instance = new();
}
