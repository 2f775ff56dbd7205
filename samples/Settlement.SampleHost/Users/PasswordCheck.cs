using Microsoft.AspNetCore.Identity;

namespace Settlement.SampleHost.Users;

/// <summary>
/// Verifies passwords under <see cref="LoginThrottle"/>. Concurrent attempts are counted like sequential ones, and a right password is
/// accepted only below the limit. Scoped.
/// </summary>
internal sealed class PasswordCheck(
    UserManager<PlatformUser> users, LoginThrottle throttle, IPasswordHasher<PlatformUser> hasher, IHttpContextAccessor http)
{
    private static readonly PlatformUser Nobody = new();

    /// <summary>Returns whether a password is right, and counts a wrong one.</summary>
    /// <param name="email">The e-mail address, as entered.</param>
    /// <param name="user">The account; null if there is none.</param>
    /// <param name="password">The password, as entered.</param>
    /// <returns>Whether the password is right.</returns>
    /// <exception cref="Hosting.PlatformException">There were too many wrong passwords.</exception>
    public async Task<bool> IsRightAsync(string email, PlatformUser? user, string? password)
    {
        // The stored address, if there is an account: all spellings of it share one count.
        var account = user?.NormalizedEmail ?? users.NormalizeEmail(email.Trim());
        var begun = await throttle.BeginAsync(account, user?.UserId, http.HttpContext);
        if (user?.PasswordHash is null)
        {
            // Takes as long as a verification, so that the duration does not reveal whether an account exists.
            hasher.HashPassword(Nobody, password ?? "");
        }
        else if (await users.CheckPasswordAsync(user, password ?? ""))
        {
            await throttle.ResetAsync(begun);
            return true;
        }

        await throttle.CountAsync(begun);
        return false;
    }
}
