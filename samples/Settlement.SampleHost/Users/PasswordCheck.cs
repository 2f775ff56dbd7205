using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Settlement.Calendars;
using Settlement.SampleHost.Hosting;

namespace Settlement.SampleHost.Users;

/// <summary>
/// Whether a password is an account's. Wrong ones are counted in the database, one statement each, so that guesses beside each other lock the
/// account as guesses one after another do; and a right one counts only while the account is not locked. Scoped.
/// </summary>
internal sealed class PasswordCheck(UserManager<PlatformUser> users, UserTable table, IOptions<IdentityOptions> identity, TimeProvider clock)
{
    private LockoutOptions Lockout => identity.Value.Lockout;

    /// <returns>Whether it is right.</returns>
    /// <exception cref="PlatformException">The account is locked, whatever the password.</exception>
    public async Task<bool> IsRightAsync(PlatformUser user, string? password, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (user.LockedUntil > now)
            throw Locked();
        if (await users.CheckPasswordAsync(user, password ?? ""))
        {
            // Asked again: others may have guessed wrong while this password was looked at.
            return await table.TryForgetFailuresAsync(user.UserId, UnixMicroseconds.From(now), cancellationToken) ? true : throw Locked();
        }

        await table.CountFailureAsync(
            user.UserId, Lockout.MaxFailedAccessAttempts, UnixMicroseconds.From(now), UnixMicroseconds.From(now + Lockout.DefaultLockoutTimeSpan),
            cancellationToken);
        return false;
    }

    private PlatformException Locked() => new(
        StatusCodes.Status423Locked, "The account is locked",
        $"There were too many wrong passwords. Try again in {Lockout.DefaultLockoutTimeSpan.TotalMinutes:0} minutes.");
}
