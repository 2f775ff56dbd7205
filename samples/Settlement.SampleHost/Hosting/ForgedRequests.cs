using Microsoft.AspNetCore.Antiforgery;

namespace Settlement.SampleHost.Hosting;

/// <summary>Refuses requests that another site, or an old form, sends in a user's name.</summary>
internal static class ForgedRequests
{
    /// <summary>A page's form whose token is old, or another user's, is answered by a page: the framework's own answer is blank.</summary>
    public static Task RefuseStaleForms(HttpContext context, RequestDelegate next) =>
        !context.IsApi() && context.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false } validation
            ? throw new AntiforgeryValidationException("The form's antiforgery token is not valid any more.", validation.Error)
            : next(context);

    /// <summary>
    /// Browsers let pages of other sites open web sockets here, with the user's cookies where these are sent: circuits are for pages of
    /// this host.
    /// </summary>
    public static Task RefuseForeignCircuits(HttpContext context, RequestDelegate next) =>
        context.Request.Path.StartsWithSegments("/_blazor", StringComparison.Ordinal) && AntiforgeryFilter.IsForeign(context.Request)
            ? throw PlatformException.Forbidden("Only pages of this host open circuits.")
            : next(context);
}
