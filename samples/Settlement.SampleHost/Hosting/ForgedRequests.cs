using Microsoft.AspNetCore.Antiforgery;

namespace Settlement.SampleHost.Hosting;

/// <summary>Middleware that rejects forms with an invalid antiforgery token.</summary>
internal static class ForgedRequests
{
    /// <summary>
    /// Rejects a form whose token has expired or belongs to another user with an error page; the framework's response has no body.
    /// </summary>
    public static Task RefuseStaleForms(HttpContext context, RequestDelegate next) =>
        !context.IsApi() && context.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false } validation
            ? throw new AntiforgeryValidationException("The form's antiforgery token is no longer valid.", validation.Error)
            : next(context);
}
