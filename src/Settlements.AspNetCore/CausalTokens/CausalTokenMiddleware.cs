using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Settlements.Routing;

namespace Settlements.AspNetCore;

/// <summary>Passes tokens from requests to causal sessions, and from causal sessions to responses. Thread-safe.</summary>
internal sealed class CausalTokenMiddleware(RequestDelegate next, TokenCarrier carrier)
{
    public async Task InvokeAsync(HttpContext context)
    {
        // The exception handler runs the pipeline again for an error page, possibly in another scope and so with another causal session.
        if (context.Features.Get<RequestTokens>() is { } outer)
        {
            outer.Join(Session(context));
            await next(context).ConfigureAwait(false);
            return;
        }

        var tokens = new RequestTokens(carrier.Read(context.Request));
        tokens.Join(Session(context));
        context.Features.Set(tokens);
        // As late as possible: after the handler's commits, and after error pages have cleared the headers. Servers call it for every
        // response except the plain 500 for an unhandled exception.
        if (!context.Response.HasStarted)
            context.Response.OnStarting(() => SendAsync(context, tokens));
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            if (context.Response.HasStarted && tokens.HasGrown)
                carrier.LogResponseStarted(context.Request.Path);
        }
    }

    private static CausalSession Session(HttpContext context) => context.RequestServices.GetRequiredService<CausalSession>();

    private Task SendAsync(HttpContext context, RequestTokens tokens)
    {
        if (tokens.HasGrown)
            carrier.Write(context, tokens.TakeToSend());
        return Task.CompletedTask;
    }
}
