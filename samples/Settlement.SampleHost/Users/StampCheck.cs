using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Settlement.SampleHost.Users;

/// <summary>
/// Middleware: verifies on each request that the login session is active and the security stamp current, so that a logout, a deleted
/// account, a changed password or a changed role takes effect immediately, not when the token expires.
/// </summary>
internal sealed class StampCheck(RequestDelegate next, LoginSessionTable sessions, IOptions<IdentityOptions> identity)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var id = context.User.FindFirstValue(ClaimTypes.NameIdentifier);
        if (id is not null)
        {
            var stamp = context.User.FindFirstValue(identity.Value.ClaimsIdentity.SecurityStampClaimType);
            if (stamp is null || LoginSessionTable.Of(context.User) is not { } session
                || await sessions.FindStampAsync(id, session, context.RequestAborted) != stamp)
            {
                context.User = new ClaimsPrincipal(new ClaimsIdentity());
            }
        }

        await next(context);
    }
}
