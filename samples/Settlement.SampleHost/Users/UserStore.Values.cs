namespace Settlement.SampleHost.Users;

/// <summary>The properties of an account in memory. The user name is the e-mail address.</summary>
internal sealed partial class UserStore
{
    private const string CountedElsewhere = "PasswordCheck counts wrong passwords in the database; use it instead.";

    public Task<string> GetUserIdAsync(PlatformUser user, CancellationToken cancellationToken) => Task.FromResult(user.UserId);

    public Task<string?> GetUserNameAsync(PlatformUser user, CancellationToken cancellationToken) => Task.FromResult(user.Email);

    public Task SetUserNameAsync(PlatformUser user, string? userName, CancellationToken cancellationToken) =>
        SetEmailAsync(user, userName, cancellationToken);

    public Task<string?> GetNormalizedUserNameAsync(PlatformUser user, CancellationToken cancellationToken) =>
        Task.FromResult(user.NormalizedEmail);

    public Task SetNormalizedUserNameAsync(PlatformUser user, string? normalizedName, CancellationToken cancellationToken) =>
        SetNormalizedEmailAsync(user, normalizedName, cancellationToken);

    public Task<string?> GetEmailAsync(PlatformUser user, CancellationToken cancellationToken) => Task.FromResult(user.Email);

    public Task SetEmailAsync(PlatformUser user, string? email, CancellationToken cancellationToken)
    {
        user.Email = email;
        return Task.CompletedTask;
    }

    public Task<bool> GetEmailConfirmedAsync(PlatformUser user, CancellationToken cancellationToken) =>
        Task.FromResult(user.EmailVerifiedAt is not null);

    /// <summary>Removes the verification of the previous address. <see cref="Mail.MailTokenTable"/> verifies an address.</summary>
    public Task SetEmailConfirmedAsync(PlatformUser user, bool confirmed, CancellationToken cancellationToken)
    {
        if (confirmed)
            throw new NotSupportedException("MailTokenTable verifies addresses; use it instead.");
        user.EmailVerifiedAt = null;
        return Task.CompletedTask;
    }

    public Task<string?> GetNormalizedEmailAsync(PlatformUser user, CancellationToken cancellationToken) =>
        Task.FromResult(user.NormalizedEmail);

    public Task SetNormalizedEmailAsync(PlatformUser user, string? normalizedEmail, CancellationToken cancellationToken)
    {
        user.NormalizedEmail = normalizedEmail;
        return Task.CompletedTask;
    }

    public Task<string?> GetPasswordHashAsync(PlatformUser user, CancellationToken cancellationToken) => Task.FromResult(user.PasswordHash);

    public Task SetPasswordHashAsync(PlatformUser user, string? passwordHash, CancellationToken cancellationToken)
    {
        user.PasswordHash = passwordHash;
        return Task.CompletedTask;
    }

    public Task<bool> HasPasswordAsync(PlatformUser user, CancellationToken cancellationToken) =>
        Task.FromResult(user.PasswordHash is not null);

    public Task<string?> GetSecurityStampAsync(PlatformUser user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(user.SecurityStamp);

    public Task SetSecurityStampAsync(PlatformUser user, string stamp, CancellationToken cancellationToken)
    {
        user.SecurityStamp = stamp;
        return Task.CompletedTask;
    }

    public Task<DateTimeOffset?> GetLockoutEndDateAsync(PlatformUser user, CancellationToken cancellationToken) =>
        Task.FromResult(user.LockedUntil);

    public Task SetLockoutEndDateAsync(PlatformUser user, DateTimeOffset? lockoutEnd, CancellationToken cancellationToken) =>
        throw new NotSupportedException(CountedElsewhere);

    /// <summary>Not supported: counting in memory would lose concurrent attempts.</summary>
    public Task<int> IncrementAccessFailedCountAsync(PlatformUser user, CancellationToken cancellationToken) =>
        throw new NotSupportedException(CountedElsewhere);

    public Task ResetAccessFailedCountAsync(PlatformUser user, CancellationToken cancellationToken) =>
        throw new NotSupportedException(CountedElsewhere);

    public Task<int> GetAccessFailedCountAsync(PlatformUser user, CancellationToken cancellationToken) =>
        Task.FromResult(user.AccessFailedCount);

    public Task<bool> GetLockoutEnabledAsync(PlatformUser user, CancellationToken cancellationToken) =>
        Task.FromResult(user.LockoutEnabled);

    public Task SetLockoutEnabledAsync(PlatformUser user, bool enabled, CancellationToken cancellationToken)
    {
        user.LockoutEnabled = enabled;
        return Task.CompletedTask;
    }
}
