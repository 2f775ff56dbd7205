using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Settlements.Routing;

namespace Settlements.AspNetCore;

/// <summary>Carries tokens from requests into sessions, and from sessions into responses. Thread-safe.</summary>
internal sealed class CausalTokenMiddleware(RequestDelegate next, TokenCarrier carrier)
{
    public async Task InvokeAsync(HttpContext context)
    {
        // An error page runs through here once more, perhaps with services, and so a session, of its own.
        if (context.Features.Get<RequestTokens>() is { } outer)
        {
            outer.Join(Session(context));
            await next(context).ConfigureAwait(false);
            return;
        }

        var tokens = new RequestTokens(carrier.Read(context.Request));
        tokens.Join(Session(context));
        context.Features.Set(tokens);
        // As late as can be, for the handler's commits, and for error pages, which clear what was set before. Servers do it for every response
        // but for the bare 500 that they send when nobody caught the exception.
        if (!context.Response.HasStarted)
            context.Response.OnStarting(() => SendAsync(context, tokens));
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            if (context.Response.HasStarted && tokens.HasGrown)
                carrier.NoteUnsent(context.Request.Path);
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
