using Microsoft.AspNetCore.Identity;

namespace Settlement.SampleHost.Users;

/// <summary>
/// Whether a password is an account's. Guesses beside each other are counted as guesses one after another are, and a right one counts only while
/// there were not too many wrong ones. Scoped.
/// </summary>
internal sealed class PasswordCheck(
    UserManager<PlatformUser> users, LoginThrottle throttle, IPasswordHasher<PlatformUser> hasher, IHttpContextAccessor http)
{
    private static readonly PlatformUser Nobody = new();

    /// <param name="email">The account's address, as it was given.</param>
    /// <param name="user">The account; null where there is none.</param>
    /// <param name="password">What was given.</param>
    /// <returns>Whether it is right.</returns>
    /// <exception cref="Hosting.PlatformException">There were too many wrong ones, whatever the password.</exception>
    public async Task<bool> IsRightAsync(string email, PlatformUser? user, string? password)
    {
        // The account's own, where there is one: no spelling that finds it has a count apart.
        var account = user?.NormalizedEmail ?? users.NormalizeEmail(email.Trim());
        var begun = await throttle.BeginAsync(account, user?.UserId, http.HttpContext);
        if (user?.PasswordHash is null)
        {
            // As slow as for an account that has one, which nobody is to find out by the clock.
            hasher.HashPassword(Nobody, password ?? "");
        }
        else if (await users.CheckPasswordAsync(user, password ?? ""))
        {
            await throttle.ForgetAsync(begun);
            return true;
        }

        await throttle.CountAsync(begun);
        return false;
    }
}
