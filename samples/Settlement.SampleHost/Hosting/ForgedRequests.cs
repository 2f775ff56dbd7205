using Microsoft.AspNetCore.Antiforgery;

namespace Settlement.SampleHost.Hosting;

/// <summary>Middleware that rejects cross-site requests and forms with an invalid antiforgery token.</summary>
internal static class ForgedRequests
{
    /// <summary>
    /// Rejects a form whose token has expired or belongs to another user with an error page; the framework's response has no body.
    /// </summary>
    public static Task RefuseStaleForms(HttpContext context, RequestDelegate next) =>
        !context.IsApi() && context.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false } validation
            ? throw new AntiforgeryValidationException("The form's antiforgery token is no longer valid.", validation.Error)
            : next(context);

    /// <summary>
    /// Rejects Blazor circuits from pages of other sites: browsers allow cross-site web sockets and may send the user's cookies with them.
    /// </summary>
    public static Task RefuseForeignCircuits(HttpContext context, RequestDelegate next) =>
        context.Request.Path.StartsWithSegments("/_blazor", StringComparison.Ordinal) && AntiforgeryFilter.IsCrossOrigin(context.Request)
            ? throw PlatformException.Forbidden("Circuits can be opened by pages of this host only.")
            : next(context);
}
