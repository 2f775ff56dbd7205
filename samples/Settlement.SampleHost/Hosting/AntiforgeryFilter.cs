using Microsoft.AspNetCore.Antiforgery;
using Microsoft.Net.Http.Headers;

namespace Settlement.SampleHost.Hosting;

/// <summary>
/// A browser sends its cookies with requests that other sites make it send: a write by cookie proves that it comes from a page of ours. A
/// bearer token is sent by its program alone and proves that by itself.
/// </summary>
internal sealed class AntiforgeryFilter(IAntiforgery antiforgery) : IEndpointFilter
{
    public const string Header = "X-CSRF-TOKEN";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var isWrite = !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method);
        var isByCookie = http.User.Identity?.IsAuthenticated == true && !IsBearer(http.Request);
        if (isWrite && (isByCookie || http.GetEndpoint()?.Metadata.GetMetadata<NeedsAntiforgery>() is not null))
            await antiforgery.ValidateRequestAsync(http);
        return await next(context);
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
