using Microsoft.AspNetCore.Identity;
using Settlement.SampleHost.Hosting;
using Settlements;

namespace Settlement.SampleHost.Users;

/// <summary>An account as it is shown: never with its password's hash or its stamps.</summary>
internal sealed record Account(
    string Id, string? Email, string DisplayName, string PayeeId, IReadOnlyList<string> Roles, DateTimeOffset CreatedAt,
    DateTimeOffset? StudioRequestedAt, bool HasPassword);

/// <summary>Makes, changes and deletes accounts. Scoped, as Identity's managers are.</summary>
internal sealed class Accounts(UserManager<PlatformUser> users, UserTable table, PasswordCheck passwords, SessionTable sessions, TimeProvider clock)
{
    public const int DisplayNameLengthMax = 60;

    private const int EmailLengthMax = 254;

    /// <summary>
    /// Makes an account, which is a viewer's: roles are given by an admin. Its payee id is made of its own id, so nobody can take one that
    /// somebody else is paid by.
    /// </summary>
    /// <param name="email">What one logs in with.</param>
    /// <param name="password">Null for an account that logs in elsewhere.</param>
    /// <param name="displayName">What others see, 1 to 60 visible characters, a letter or a digit among them.</param>
    public async Task<PlatformUser> SignUpAsync(string? email, string? password, string? displayName)
    {
        var user = new PlatformUser { Email = Address(email), DisplayName = Name(displayName), CreatedAt = UnixMicroseconds.From(clock.GetUtcNow()) };
        user.PayeeId = user.UserId;
        ThrowIfFailed(password is null ? await users.CreateAsync(user) : await users.CreateAsync(user, password));
        ThrowIfFailed(await users.AddToRoleAsync(user, Roles.Viewer));
        return user;
    }

    /// <summary>Changes the name that others see.</summary>
    public async Task<PlatformUser> ChangeNameAsync(string userId, string? displayName, CancellationToken cancellationToken)
    {
        var user = await FindAsync(userId, cancellationToken);
        user.DisplayName = Name(displayName);
        ThrowIfFailed(await users.UpdateAsync(user));
        return user;
    }

    /// <summary>Changes the password. All sessions of the account end: who changes it may fear that somebody has the old one.</summary>
    public async Task<PlatformUser> ChangePasswordAsync(string userId, string? password, string? newPassword, CancellationToken cancellationToken)
    {
        var user = await FindCheckedAsync(userId, password, "Changing the password needs the present one.", cancellationToken);
        ThrowIfFailed(await users.ChangePasswordAsync(user, password!, newPassword ?? ""));
        await sessions.EndAllAsync(userId, but: null, cancellationToken);
        return user;
    }

    /// <summary>Changes the address that one logs in with. All sessions of the account end.</summary>
    public async Task<PlatformUser> ChangeEmailAsync(string userId, string? password, string? email, CancellationToken cancellationToken)
    {
        var user = await FindCheckedAsync(userId, password, "Changing the e-mail address needs it.", cancellationToken);
        ThrowIfFailed(await users.SetEmailAsync(user, Address(email)));
        await sessions.EndAllAsync(userId, but: null, cancellationToken);
        return user;
    }

    /// <summary>Deletes an account and its videos. What was settled stays, booked on its payee id.</summary>
    /// <param name="userId">Whose.</param>
    /// <param name="password">Asked for again, so that an open browser is not enough. Wrong ones count as those of logins do.</param>
    /// <param name="email">Of an account without a password, in its place: its address, typed again.</param>
    /// <param name="cancellationToken">Stops before the change.</param>
    public async Task DeleteAsync(string userId, string? password, string? email, CancellationToken cancellationToken)
    {
        var user = await FindAsync(userId, cancellationToken);
        if (user.PasswordHash is null)
        {
            if (!string.Equals(user.Email, email?.Trim(), StringComparison.OrdinalIgnoreCase))
                throw PlatformException.Forbidden("This is not the account's e-mail address. Deleting an account without a password needs it.");
        }
        else if (!await passwords.IsRightAsync(user.Email ?? "", user, password))
        {
            throw PlatformException.Forbidden("The password is wrong. Deleting an account needs it.");
        }

        if (!await table.TryDeleteAsync(userId, UnixMicroseconds.From(clock.GetUtcNow()), cancellationToken))
        {
            throw PlatformException.Conflict(
                "The last admin stays", "Nobody else who can log in is an admin. Make somebody else an admin, then delete the account.");
        }
    }

    /// <summary>A viewer asks to become a creator; an admin decides.</summary>
    public async Task RequestStudioAsync(string userId, CancellationToken cancellationToken)
    {
        var user = await FindAsync(userId, cancellationToken);
        if (await users.IsInRoleAsync(user, Roles.Creator))
            throw PlatformException.Conflict("There is nothing to ask for", "The account is a creator's already.");
        await table.RequestStudioAsync(userId, user.StudioRequestedAt ?? UnixMicroseconds.From(clock.GetUtcNow()), cancellationToken);
    }

    /// <summary>Gives an account these roles and no others, and so answers its request. It logs in again to use them.</summary>
    public async Task<Account> SetRolesAsync(Caller admin, string userId, IReadOnlyCollection<string> roles, CancellationToken cancellationToken)
    {
        var unknown = roles.Except(Roles.All).ToList();
        if (unknown.Count > 0)
            throw PlatformException.Wrong($"'{unknown[0]}' is no role. Use {string.Join(", ", Roles.All)}.");
        if (admin.UserId == userId && !roles.Contains(Roles.Admin))
            throw PlatformException.Conflict("An admin stays one", "Nobody takes the role of admin from himself: another admin can.");

        var user = await FindAsync(userId, cancellationToken);
        var had = await users.GetRolesAsync(user);
        foreach (var role in had.Except(roles))
            ThrowIfFailed(await users.RemoveFromRoleAsync(user, role));
        foreach (var role in roles.Except(had).Distinct())
            ThrowIfFailed(await users.AddToRoleAsync(user, role));
        ThrowIfFailed(await users.UpdateSecurityStampAsync(user));
        await table.RequestStudioAsync(userId, at: null, cancellationToken);
        return await ShowAsync(userId, cancellationToken);
    }

    public async Task<Account> ShowAsync(string userId, CancellationToken cancellationToken)
    {
        var user = await FindAsync(userId, cancellationToken);
        return Show(user, await users.GetRolesAsync(user));
    }

    /// <summary>Accounts, the newest first; for admins only.</summary>
    /// <param name="search">Only those whose e-mail address or name has this; null or empty for all.</param>
    /// <param name="after">The last id of the page before; null for the first page.</param>
    /// <param name="count">How many.</param>
    /// <param name="onlyRequests">Only those that ask to become creators.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async Task<IReadOnlyList<Account>> ListAsync(
        string? search, string? after, int count, bool onlyRequests, CancellationToken cancellationToken)
    {
        var page = await table.ListAsync(
            string.IsNullOrWhiteSpace(search) ? null : search.Trim(), string.IsNullOrEmpty(after) ? null : after, count, onlyRequests, cancellationToken);
        if (page.Count == 0)
            return [];
        var roles = (await table.ListRolesAsync([.. page.Select(u => u.UserId)], cancellationToken)).ToLookup(r => r.UserId, r => r.Role);
        return [.. page.Select(u => Show(u, roles[u.UserId]))];
    }

    private async Task<PlatformUser> FindCheckedAsync(string userId, string? password, string need, CancellationToken cancellationToken)
    {
        var user = await FindAsync(userId, cancellationToken);
        if (user.PasswordHash is null)
            throw PlatformException.Conflict("The account has no password", "It logs in at another provider. Change it there.");
        return await passwords.IsRightAsync(user.Email ?? "", user, password) ? user : throw PlatformException.Forbidden($"The password is wrong. {need}");
    }

    /// <summary>The name as it is kept, or an exception that says why it can't be one.</summary>
    internal static string Name(string? displayName)
    {
        var name = displayName?.Trim() ?? "";
        if (name.Length is 0 or > DisplayNameLengthMax || !VisibleText.IsVisible(name) || !VisibleText.HasLetterOrDigit(name))
        {
            throw PlatformException.Wrong(
                $"The display name has {name.Length} characters. Use 1 to {DisplayNameLengthMax} visible ones, and a letter or a digit among them.");
        }

        if (VisibleText.FindStyledLetter(name) is { } styled)
        {
            throw PlatformException.Wrong(FormattableString.Invariant(
                $"The display name has '{styled}' (U+{styled.Value:X4}), a styled letter that passes for a plain one. Use plain letters."));
        }

        // Names need not be unique, so that a name of one alphabet alone takes nobody's name, whatever it looks like.
        return VisibleText.MixesLookAlikes(name)
            ? throw PlatformException.Wrong("The display name mixes letters of alphabets that look alike. Use letters of one of Latin, Cyrillic, Greek, Armenian, Cherokee, Coptic and Lisu.")
            : name;
    }

    private static string Address(string? email) => email is null || email.Length > EmailLengthMax || !VisibleText.IsVisible(email.Trim())
        ? throw PlatformException.Wrong($"The e-mail address is missing, longer than {EmailLengthMax} characters, or has invisible ones.")
        : email.Trim();

    private async Task<PlatformUser> FindAsync(string userId, CancellationToken cancellationToken) =>
        await table.FindAsync(userId, cancellationToken) ?? throw PlatformException.NotFound("account", userId);

    private static Account Show(PlatformUser user, IEnumerable<string> roles) => new(
        user.UserId, user.Email, user.DisplayName, user.PayeeId, [.. roles.Order(StringComparer.Ordinal)], UnixMicroseconds.ToInstant(user.CreatedAt),
        user.StudioRequestedAt is { } at ? UnixMicroseconds.ToInstant(at) : null, user.PasswordHash is not null);

    private static void ThrowIfFailed(IdentityResult result)
    {
        if (result.Succeeded)
            return;
        var errors = result.Errors.ToList();
        var detail = string.Join(' ', errors.Select(e => e.Description));
        throw errors.Any(e => e.Code is nameof(IdentityErrorDescriber.DuplicateEmail) or nameof(IdentityErrorDescriber.DuplicateUserName))
            ? PlatformException.Conflict("The e-mail address is taken", "There is an account of this e-mail address. Log in, or use another.")
            : errors.Any(e => e.Code == nameof(IdentityErrorDescriber.ConcurrencyFailure))
                ? PlatformException.Conflict("Somebody else changed it", detail)
                : PlatformException.Wrong(detail);
    }
}
