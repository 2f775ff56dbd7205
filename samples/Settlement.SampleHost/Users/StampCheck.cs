using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Settlement.SampleHost.Users;

/// <summary>
/// Asks with each request whether its session goes on and its account still is as the cookie or the token says: a logout, a deleted account, a
/// changed password or a changed role takes effect at once, not when the token ends.
/// </summary>
internal sealed class StampCheck(RequestDelegate next, SessionTable sessions, IOptions<IdentityOptions> identity)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var id = context.User.FindFirstValue(ClaimTypes.NameIdentifier);
        if (id is not null)
        {
            var said = context.User.FindFirstValue(identity.Value.ClaimsIdentity.SecurityStampClaimType);
            if (said is null || SessionTable.Of(context.User) is not { } session || await sessions.FindStampAsync(id, session, context.RequestAborted) != said)
                context.User = new ClaimsPrincipal(new ClaimsIdentity());
        }

        await next(context);
    }
}
