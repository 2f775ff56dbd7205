using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Settlement.SampleHost.Hosting;

namespace Settlement.SampleHost.Users;

/// <summary>Logs in and out. Scoped.</summary>
internal sealed class SignIns(
    SignInManager<PlatformUser> signIn, PasswordCheck passwords, SessionTable sessions, IOptionsMonitor<BearerTokenOptions> bearer, TimeProvider clock)
{
    private TimeSpan RefreshLife => bearer.Get(IdentityConstants.BearerScheme).RefreshTokenExpiration;

    /// <summary>The account of these words, or an exception that doesn't say which of the two was wrong.</summary>
    public async Task<PlatformUser> CheckAsync(string? email, string? password, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var user = email is null ? null : await signIn.UserManager.FindByEmailAsync(email.Trim());
        return await passwords.IsRightAsync(email ?? "", user, password) ? user! : throw Refused();
    }

    /// <summary>Logs in by a cookie, for pages. Its session begins when the cookie is made: see <see cref="UserServices"/>.</summary>
    public async Task LogInAsync(string? email, string? password, bool isPersistent, CancellationToken cancellationToken) =>
        await signIn.SignInAsync(await CheckAsync(email, password, cancellationToken), isPersistent);

    /// <summary>Logs a browser in again, after its account was changed by it.</summary>
    public Task LogInAgainAsync(PlatformUser user) => signIn.SignInAsync(user, isPersistent: false);

    /// <summary>Ends the session of the cookie or token that asks: copies of it are of no use from then on.</summary>
    public async Task LogOutAsync()
    {
        await sessions.EndAsync(signIn.Context.User, CancellationToken.None);
        await signIn.SignOutAsync();
    }

    /// <summary>Ends all sessions of the account that asks, this one too.</summary>
    public async Task LogOutEverywhereAsync(string userId)
    {
        await sessions.EndAllAsync(userId, but: null, CancellationToken.None);
        await signIn.SignOutAsync();
    }

    /// <summary>Who a token is made for, with a session of its own.</summary>
    public async Task<ClaimsPrincipal> PrincipalAsync(PlatformUser user, CancellationToken cancellationToken) =>
        await PrincipalAsync(user, SessionTable.Claims(await sessions.BeginAsync(user.UserId, RefreshLife, cancellationToken)));

    /// <summary>Who the next token is made for, by a refresh token that is neither used, nor too old, nor of before a change of the account.</summary>
    public async Task<ClaimsPrincipal> RefreshAsync(string? token, CancellationToken cancellationToken)
    {
        var ticket = token is null ? null : bearer.Get(IdentityConstants.BearerScheme).RefreshTokenProtector.Unprotect(token);
        if (ticket?.Properties.ExpiresUtc is { } expires && clock.GetUtcNow() < expires
            && await signIn.ValidateSecurityStampAsync(ticket.Principal) is { } user
            && await sessions.RenewAsync(ticket.Principal, RefreshLife, cancellationToken) is { } session)
            return await PrincipalAsync(user, session);
        throw new PlatformException(
            StatusCodes.Status401Unauthorized, "The refresh token can't be used",
            "It was used before, is too old, its session was ended, or the account was changed since. Log in again.");
    }

    private async Task<ClaimsPrincipal> PrincipalAsync(PlatformUser user, IEnumerable<Claim> session)
    {
        var principal = await signIn.CreateUserPrincipalAsync(user);
        ((ClaimsIdentity)principal.Identity!).AddClaims(session);
        return principal;
    }

    private static PlatformException Refused() => new(
        StatusCodes.Status401Unauthorized, "The login is refused", "There is no account of this e-mail address and password.");
}
