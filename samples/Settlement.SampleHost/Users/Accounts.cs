using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Identity;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Languages;
using Settlement.SampleHost.Mail;
using Settlement.SampleHost.Notifications;
using Settlements;

namespace Settlement.SampleHost.Users;

/// <summary>An account for display, without its password hash and stamps.</summary>
internal sealed record Account(
    string Id, string? Email, string DisplayName, string PayeeId, IReadOnlyList<string> Roles, DateTimeOffset CreatedAt,
    DateTimeOffset? StudioRequestedAt, bool HasPassword, bool IsEmailVerified);

/// <summary>Creates, changes and deletes accounts. Scoped, like Identity's managers.</summary>
internal sealed class Accounts(
    UserManager<PlatformUser> users, UserTable table, PasswordCheck passwords, LoginSessionTable sessions, AccountMails mails,
    NotificationTable notifications, TimeProvider clock)
{
    public const int DisplayNameLengthMax = 60;

    public const int EmailLengthMax = 254;

    /// <summary>
    /// Creates an account with the role of a viewer; admins assign other roles. The payee id equals the account's id, so nobody can claim
    /// the payee id of somebody else.
    /// </summary>
    /// <param name="email">The e-mail address for logins.</param>
    /// <param name="password">The password; null for an account that logs in with an external provider.</param>
    /// <param name="displayName">The public name: 1 to 60 visible characters, including a letter or a digit.</param>
    public async Task<PlatformUser> SignUpAsync(string? email, string? password, string? displayName)
    {
        var errors = new FieldErrors();
        var user = new PlatformUser
        {
            Email = Address(email, errors), DisplayName = Name(displayName, errors),
            CreatedAt = UnixMicroseconds.From(clock.GetUtcNow())
        };
        user.PayeeId = user.UserId;
        if (password is not null)
            await AddPasswordErrorsAsync(user, password, "password", errors);
        errors.ThrowIfAny();
        ThrowIfFailed(password is null ? await users.CreateAsync(user) : await users.CreateAsync(user, password));
        ThrowIfFailed(await users.AddToRoleAsync(user, Roles.Viewer));
        mails.OfferVerification(user.UserId, JsonStringLocalizer.Language);
        return user;
    }

    /// <summary>Changes the public name.</summary>
    public async Task<PlatformUser> ChangeNameAsync(string userId, string? displayName, CancellationToken cancellationToken)
    {
        var user = await FindAsync(userId, cancellationToken);
        var errors = new FieldErrors();
        user.DisplayName = Name(displayName, errors);
        errors.ThrowIfAny();
        ThrowIfFailed(await users.UpdateAsync(user));
        return user;
    }

    /// <summary>Changes the password and ends all login sessions of the account: the old password may have been stolen.</summary>
    public async Task<PlatformUser> ChangePasswordAsync(
        string userId, string? password, string? newPassword, CancellationToken cancellationToken)
    {
        var user = await FindCheckedAsync(
            userId, password, "The password is wrong. Enter the current password to change it.", cancellationToken);
        await ValidatePasswordAsync(user, newPassword ?? "");
        ThrowIfFailed(await users.ChangePasswordAsync(user, password!, newPassword ?? ""));
        await sessions.EndAllAsync(userId, except: null, cancellationToken);
        return user;
    }

    /// <summary>Changes the e-mail address, which is not verified then, and ends all login sessions of the account.</summary>
    public async Task<PlatformUser> ChangeEmailAsync(string userId, string? password, string? email, CancellationToken cancellationToken)
    {
        var user = await FindCheckedAsync(
            userId, password, "The password is wrong. Enter the account's password to change the e-mail address.", cancellationToken);
        var errors = new FieldErrors();
        var address = Address(email, errors);
        errors.ThrowIfAny();
        ThrowIfFailed(await users.SetEmailAsync(user, address));
        await sessions.EndAllAsync(userId, except: null, cancellationToken);
        mails.OfferVerification(userId, JsonStringLocalizer.Language);
        return user;
    }

    /// <summary>Deletes an account and its videos. Published lines of its payee id stay.</summary>
    /// <param name="userId">The account.</param>
    /// <param name="password">The password, required again; wrong ones count as failed logins.</param>
    /// <param name="email">For an account without a password, its e-mail address instead.</param>
    /// <param name="cancellationToken">Cancels the call before the change.</param>
    public async Task DeleteAsync(string userId, string? password, string? email, CancellationToken cancellationToken)
    {
        var user = await FindAsync(userId, cancellationToken);
        if (user.PasswordHash is null)
        {
            if (!string.Equals(user.Email, email?.Trim(), StringComparison.OrdinalIgnoreCase))
                throw PlatformException.Forbidden("email", "The e-mail address is wrong. Enter the account's e-mail address to delete it.");
        }
        else if (!await passwords.IsRightAsync(user.Email ?? "", user, password))
        {
            throw PlatformException.Forbidden("password", "The password is wrong. Enter the account's password to delete it.");
        }

        if (!await table.TryDeleteAsync(userId, UnixMicroseconds.From(clock.GetUtcNow()), cancellationToken))
        {
            throw PlatformException.Conflict(
                "The last admin can't be deleted", "No other admin can log in. Make somebody else an admin, then delete the account.");
        }
    }

    /// <summary>Records a viewer's request to become a creator, to be decided by an admin.</summary>
    public async Task RequestStudioAsync(string userId, CancellationToken cancellationToken)
    {
        var user = await FindAsync(userId, cancellationToken);
        if (await users.IsInRoleAsync(user, Roles.Creator))
            throw PlatformException.Conflict("Already a creator", "The account already has the role creator.");
        await table.RequestStudioAsync(userId, user.StudioRequestedAt ?? UnixMicroseconds.From(clock.GetUtcNow()), cancellationToken);
    }

    /// <summary>
    /// Replaces the roles of an account and clears its request. They apply from the next request on (<see cref="StampCheck"/>). Login
    /// sessions stay, except when the account becomes an admin: a copied cookie of a viewer must not become one of an admin.
    /// </summary>
    public async Task<Account> SetRolesAsync(
        Caller admin, string userId, IReadOnlyCollection<string> roles, CancellationToken cancellationToken)
    {
        var unknown = roles.Except(Roles.All).ToList();
        if (unknown.Count > 0)
            throw PlatformException.BadRequest($"Role '{unknown[0]}' is unknown. Use {string.Join(", ", Roles.All)}.");
        if (admin.UserId == userId && !roles.Contains(Roles.Admin))
        {
            throw PlatformException.Conflict(
                "Admins can't remove their own admin role", "Ask another admin to remove the role.");
        }

        var user = await FindAsync(userId, cancellationToken);
        var had = await users.GetRolesAsync(user);
        foreach (var role in had.Except(roles))
            ThrowIfFailed(await users.RemoveFromRoleAsync(user, role));
        foreach (var role in roles.Except(had).Distinct())
            ThrowIfFailed(await users.AddToRoleAsync(user, role));
        if (roles.Contains(Roles.Admin) && !had.Contains(Roles.Admin))
        {
            ThrowIfFailed(await users.UpdateSecurityStampAsync(user));
            await sessions.EndAllAsync(userId, except: null, cancellationToken);
        }

        await table.RequestStudioAsync(userId, at: null, cancellationToken);
        if (roles.Contains(Roles.Creator) && !had.Contains(Roles.Creator))
        {
            await notifications.AddAsync(
                new NewNotification(userId, NotificationKind.CreatorGranted, $"creator {Guid.NewGuid():N}"), cancellationToken);
        }

        return await GetAsync(userId, cancellationToken);
    }

    public async Task<Account> GetAsync(string userId, CancellationToken cancellationToken)
    {
        var user = await FindAsync(userId, cancellationToken);
        return ToAccount(user, await users.GetRolesAsync(user));
    }

    /// <summary>Returns accounts, newest first; for admins only.</summary>
    /// <param name="search">A part of the e-mail address or the name; null or empty for all accounts.</param>
    /// <param name="after">The last id of the previous page; null for the first page.</param>
    /// <param name="count">The maximum number of accounts.</param>
    /// <param name="onlyRequests">Whether to return only accounts with a request to become a creator.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <param name="hasEmail">Whether to return only people, who have an address, or only channels without one; null for both.</param>
    public async Task<IReadOnlyList<Account>> ListAsync(
        string? search, string? after, int count, bool onlyRequests, CancellationToken cancellationToken, bool? hasEmail = null)
    {
        var page = await table.ListAsync(
            string.IsNullOrWhiteSpace(search) ? null : search.Trim(), string.IsNullOrEmpty(after) ? null : after, count, onlyRequests,
            hasEmail, cancellationToken);
        if (page.Count == 0)
            return [];
        var roles = (await table.ListRolesAsync([.. page.Select(u => u.UserId)], cancellationToken)).ToLookup(r => r.UserId, r => r.Role);
        return [.. page.Select(u => ToAccount(u, roles[u.UserId]))];
    }

    private async Task<PlatformUser> FindCheckedAsync(string userId, string? password, string remedy, CancellationToken cancellationToken)
    {
        var user = await FindAsync(userId, cancellationToken);
        if (user.PasswordHash is null)
            throw PlatformException.Conflict(
                "The account has no password", "It logs in with an external provider. Change the password there.");
        return await passwords.IsRightAsync(user.Email ?? "", user, password)
            ? user
            : throw PlatformException.Forbidden("password", remedy);
    }

    /// <summary>Validates and trims a display name.</summary>
    internal static string Name(string? displayName, FieldErrors errors)
    {
        var name = displayName?.Trim() ?? "";
        if (name.Length is 0 or > DisplayNameLengthMax || !VisibleText.IsVisible(name) || !VisibleText.HasLetterOrDigit(name))
        {
            errors.Add(
                "displayName",
                $"The display name has {name.Length} characters. Use 1 to {DisplayNameLengthMax} visible characters, including a letter or "
                + $"a digit.");
        }
        else if (VisibleText.FindStyledLetter(name) is { } styled)
        {
            errors.Add(
                "displayName",
                $"The display name contains '{styled}' (U+{styled.Value:X4}), a styled letter that looks like a plain one. "
                + $"Use plain letters.");
        }
        else if (VisibleText.MixesLookAlikes(name))
        {
            // Names need not be unique, so a name in a single alphabet is allowed even if it looks like another name.
            errors.Add(
                "displayName",
                "The display name mixes alphabets with similar letters. Use letters of only one of Latin, Cyrillic, "
                + "Greek, Armenian, Cherokee, Coptic and Lisu.");
        }

        return name;
    }

    private static string Address(string? email, FieldErrors errors)
    {
        var address = email?.Trim() ?? "";
        if (address.Length is 0 or > EmailLengthMax || !VisibleText.IsVisible(address))
        {
            errors.Add(
                "email", $"The e-mail address is missing, longer than {EmailLengthMax} characters, or contains invisible characters.");
        }
        else if (!new EmailAddressAttribute().IsValid(address))
        {
            errors.Add("email", $"'{address}' is not an e-mail address. Use one such as ann@example.com.");
        }

        return address;
    }

    /// <summary>Validates a new password of an account.</summary>
    internal async Task ValidatePasswordAsync(PlatformUser user, string newPassword)
    {
        var errors = new FieldErrors();
        await AddPasswordErrorsAsync(user, newPassword, "newPassword", errors);
        errors.ThrowIfAny();
    }

    private async Task AddPasswordErrorsAsync(PlatformUser user, string password, string field, FieldErrors errors)
    {
        foreach (var validator in users.PasswordValidators)
        {
            foreach (var error in (await validator.ValidateAsync(users, user, password)).Errors)
                errors.Add(field, error.Description);
        }
    }

    private async Task<PlatformUser> FindAsync(string userId, CancellationToken cancellationToken) =>
        await table.FindAsync(userId, cancellationToken) ?? throw PlatformException.NotFound("account", userId);

    private static Account ToAccount(PlatformUser user, IEnumerable<string> roles) => new(
        user.UserId, user.Email, user.DisplayName, user.PayeeId, [.. roles.Order(StringComparer.Ordinal)],
        UnixMicroseconds.ToInstant(user.CreatedAt), user.StudioRequestedAt is { } at
            ? UnixMicroseconds.ToInstant(at) : null, user.PasswordHash is not null, user.EmailVerifiedAt is not null);

    private static void ThrowIfFailed(IdentityResult result)
    {
        if (result.Succeeded)
            return;
        var errors = result.Errors.ToList();
        var detail = string.Join(' ', errors.Select(e => e.Description));
        throw errors.Any(e => e.Code is nameof(IdentityErrorDescriber.DuplicateEmail) or nameof(IdentityErrorDescriber.DuplicateUserName))
            ? PlatformException.Conflict(
                "The e-mail address is taken", "There is an account with this e-mail address. Log in, or use another address.", "email")
            : errors.Any(e => e.Code == nameof(IdentityErrorDescriber.ConcurrencyFailure))
                ? PlatformException.Conflict("Changed concurrently", detail)
                : PlatformException.BadRequest(detail);
    }
}
