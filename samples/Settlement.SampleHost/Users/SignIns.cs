using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Settlement.SampleHost.Hosting;

namespace Settlement.SampleHost.Users;

/// <summary>Logs in and out. Scoped.</summary>
internal sealed class SignIns(
    SignInManager<PlatformUser> signIn, PasswordCheck passwords, IPasswordHasher<PlatformUser> hasher, IOptionsMonitor<BearerTokenOptions> bearer,
    TimeProvider clock)
{
    private static readonly PlatformUser Nobody = new();

    /// <summary>The account of these words, or an exception that doesn't say which of the two was wrong.</summary>
    public async Task<PlatformUser> CheckAsync(string? email, string? password, CancellationToken cancellationToken)
    {
        var user = email is null ? null : await signIn.UserManager.FindByEmailAsync(email.Trim());
        if (user?.PasswordHash is null)
        {
            // As slow as for an account that has one, which nobody is to find out by the clock.
            hasher.HashPassword(Nobody, password ?? "");
            throw Refused();
        }

        return await passwords.IsRightAsync(user, password, cancellationToken) ? user : throw Refused();
    }

    /// <summary>Logs in by a cookie, for pages.</summary>
    public async Task LogInAsync(string? email, string? password, bool isPersistent, CancellationToken cancellationToken) =>
        await signIn.SignInAsync(await CheckAsync(email, password, cancellationToken), isPersistent);

    public Task LogOutAsync() => signIn.SignOutAsync();

    /// <summary>Who a token is made for.</summary>
    public async Task<ClaimsPrincipal> PrincipalAsync(PlatformUser user) => await signIn.CreateUserPrincipalAsync(user);

    /// <summary>The account of a refresh token that is neither too old nor of before a change of the account.</summary>
    public async Task<PlatformUser> RefreshAsync(string? token)
    {
        var ticket = token is null ? null : bearer.Get(IdentityConstants.BearerScheme).RefreshTokenProtector.Unprotect(token);
        if (ticket?.Properties.ExpiresUtc is { } expires && clock.GetUtcNow() < expires
            && await signIn.ValidateSecurityStampAsync(ticket.Principal) is { } user)
            return user;
        throw new PlatformException(
            StatusCodes.Status401Unauthorized, "The refresh token can't be used", "It is too old, or the account was changed since. Log in again.");
    }

    private static PlatformException Refused() => new(
        StatusCodes.Status401Unauthorized, "The login is refused", "There is no account of this e-mail address and password.");
}
