using System.Data.Common;
using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Settlement.SampleHost.Database;

namespace Settlement.SampleHost.Users;

/// <summary>
/// Middleware: verifies on each request that the login session is active and the security stamp current, so that a logout, a deleted
/// account or a changed password takes effect immediately, not when the token expires. The roles of the request are those of the account at
/// this time: a granted or removed role applies at once, and to no login session that has ended.
/// </summary>
internal sealed class StampCheck(
    RequestDelegate next, LoginSessionTable sessions, IOptions<IdentityOptions> identity, TimeProvider clock)
{
    /// <summary>The age of the recorded last use of a login session from which it is recorded again: not each request writes.</summary>
    private static readonly TimeSpan TouchAfter = TimeSpan.FromMinutes(10);

    private static readonly object Ended = new();

    /// <summary>
    /// Whether the request's cookie or token was rejected because its login session has ended or the account was changed.
    /// </summary>
    public static bool HasEnded(HttpContext context) => context.Items.ContainsKey(Ended);

    public async Task InvokeAsync(HttpContext context)
    {
        var id = context.User.FindFirstValue(ClaimTypes.NameIdentifier);
        if (id is not null)
        {
            var stamp = context.User.FindFirstValue(identity.Value.ClaimsIdentity.SecurityStampClaimType);
            var session = LoginSessionTable.Of(context.User);
            var state = session is not null
                ? await sessions.FindAsync(id, session, context.RequestAborted) : null;
            if (stamp is null || state?.SecurityStamp != stamp)
            {
                context.User = new ClaimsPrincipal(new ClaimsIdentity());
                context.Items[Ended] = true;
            }
            else
            {
                context.User = WithRoles(context.User, state.Roles);
                if (state.SeenAt + TouchAfter <= clock.GetUtcNow())
                    await TouchAsync(session!, context.RequestAborted);
            }
        }

        await next(context);
    }

    /// <summary>Records the use of a login session. The request does not depend on it: it is executed also if the write fails.</summary>
    private async Task TouchAsync(string session, CancellationToken cancellationToken)
    {
        try
        {
            await sessions.TouchAsync(session, cancellationToken);
        }
        catch (Exception e) when (e is DbException or UnknownOutcomeException)
        {
            // The next request tries again.
        }
    }

    /// <summary>Returns the user with other roles; the same user if they have not changed.</summary>
    private static ClaimsPrincipal WithRoles(ClaimsPrincipal user, IReadOnlyCollection<string> roles)
    {
        var identity = (ClaimsIdentity)user.Identity!;
        var claims = identity.FindAll(identity.RoleClaimType).ToList();
        if (claims.Count == roles.Count && claims.All(c => roles.Contains(c.Value)))
            return user;
        identity = identity.Clone();
        foreach (var claim in claims)
            identity.RemoveClaim(identity.FindFirst(c => c.Type == claim.Type && c.Value == claim.Value)!);
        identity.AddClaims(roles.Select(role => new Claim(identity.RoleClaimType, role)));
        return new ClaimsPrincipal(identity);
    }
}
