using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Settlement.SampleHost.Hosting;

namespace Settlement.SampleHost.Users;

/// <summary>Logs accounts in and out. Scoped.</summary>
internal sealed class SignIns(
    SignInManager<PlatformUser> signIn, PasswordCheck passwords, LoginSessionTable sessions, IOptionsMonitor<BearerTokenOptions> bearer,
    TimeProvider clock)
{
    private TimeSpan RefreshLife => bearer.Get(IdentityConstants.BearerScheme).RefreshTokenExpiration;

    /// <summary>Returns the account of an e-mail address and password.</summary>
    /// <exception cref="PlatformException">One of them is wrong; the message does not reveal which.</exception>
    public async Task<PlatformUser> CheckAsync(string? email, string? password, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var user = email is null ? null : await signIn.UserManager.FindByEmailAsync(email.Trim());
        return await passwords.IsRightAsync(email ?? "", user, password) ? user! : throw Refused();
    }

    /// <summary>Logs in with a cookie, for pages. <see cref="UserServices"/> starts the login session when the cookie is created.</summary>
    public async Task LogInAsync(string? email, string? password, bool isPersistent, CancellationToken cancellationToken) =>
        await signIn.SignInAsync(await CheckAsync(email, password, cancellationToken), isPersistent);

    /// <summary>Logs a browser in again after it has changed its account.</summary>
    public Task LogInAgainAsync(PlatformUser user) => signIn.SignInAsync(user, isPersistent: false);

    /// <summary>Ends the login session of the request's cookie or token; copies of them are rejected from then on.</summary>
    public async Task LogOutAsync()
    {
        await sessions.EndAsync(signIn.Context.User, CancellationToken.None);
        await signIn.SignOutAsync();
    }

    /// <summary>Ends all login sessions of the account, including the current one.</summary>
    public async Task LogOutEverywhereAsync(string userId)
    {
        await sessions.EndAllAsync(userId, except: null, CancellationToken.None);
        await signIn.SignOutAsync();
    }

    /// <summary>Returns the active login sessions of the request's account.</summary>
    public Task<IReadOnlyList<LoginSession>> ListAsync(string userId, CancellationToken cancellationToken) =>
        sessions.ListAsync(userId, LoginSessionTable.Of(signIn.Context.User), cancellationToken);

    /// <summary>Ends one login session of the account.</summary>
    /// <exception cref="PlatformException">The account has no such login session.</exception>
    public async Task LogOutAsync(string userId, string sessionId, CancellationToken cancellationToken)
    {
        if (!await sessions.TryEndAsync(userId, sessionId, cancellationToken))
            throw PlatformException.NotFound("login", sessionId);
    }

    /// <summary>Ends all login sessions of the account, except that of the request.</summary>
    public Task LogOutOthersAsync(string userId, CancellationToken cancellationToken) =>
        sessions.EndAllAsync(userId, LoginSessionTable.Of(signIn.Context.User), cancellationToken);

    /// <summary>Creates the principal of a new token, with a new login session.</summary>
    public async Task<ClaimsPrincipal> PrincipalAsync(PlatformUser user, CancellationToken cancellationToken) =>
        await PrincipalAsync(user, LoginSessionTable.Claims(await sessions.BeginAsync(
            user.UserId, SessionOrigin.Of(signIn.Context, SessionKind.Program), RefreshLife, cancellationToken)));

    /// <summary>
    /// Creates the principal of the next token from a refresh token that is unused, not expired, and issued after the last change of the
    /// account.
    /// </summary>
    public async Task<ClaimsPrincipal> RefreshAsync(string? token, CancellationToken cancellationToken)
    {
        var ticket = token is null ? null : bearer.Get(IdentityConstants.BearerScheme).RefreshTokenProtector.Unprotect(token);
        if (ticket?.Properties.ExpiresUtc is { } expires && clock.GetUtcNow() < expires
            && await signIn.ValidateSecurityStampAsync(ticket.Principal) is { } user
            && await sessions.RenewAsync(ticket.Principal, RefreshLife, cancellationToken) is { } session)
            return await PrincipalAsync(user, session);
        throw new PlatformException(
            StatusCodes.Status401Unauthorized, "Invalid refresh token",
            "It was used before, has expired, its login session was ended, or the account was changed since. Log in again.");
    }

    private async Task<ClaimsPrincipal> PrincipalAsync(PlatformUser user, IEnumerable<Claim> session)
    {
        var principal = await signIn.CreateUserPrincipalAsync(user);
        ((ClaimsIdentity)principal.Identity!).AddClaims(session);
        return principal;
    }

    private static PlatformException Refused() => new(
        StatusCodes.Status401Unauthorized, "Login refused", "The e-mail address or the password is wrong.");
}
