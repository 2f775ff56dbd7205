using Microsoft.AspNetCore.Identity;
using Settlement.SampleHost.Database;

namespace Settlement.SampleHost.Users;

/// <summary>Identity's user store on the platform's database: creates, finds and updates accounts, external logins and roles.</summary>
internal sealed partial class UserStore(PlatformDatabase database, UserTable table, IdentityErrorDescriber errors)
    : IUserPasswordStore<PlatformUser>, IUserEmailStore<PlatformUser>, IUserSecurityStampStore<PlatformUser>,
    IUserLockoutStore<PlatformUser>,
        IUserRoleStore<PlatformUser>, IUserLoginStore<PlatformUser>
{
    public void Dispose()
    {
    }

    public async Task<IdentityResult> CreateAsync(PlatformUser user, CancellationToken cancellationToken) =>
        await table.TryAddAsync(user, cancellationToken)
            ? IdentityResult.Success
            : IdentityResult.Failed(errors.DuplicateEmail(user.Email ?? ""));

    public async Task<IdentityResult> UpdateAsync(PlatformUser user, CancellationToken cancellationToken) =>
        await table.TryUpdateAsync(user, cancellationToken) ? IdentityResult.Success : IdentityResult.Failed(errors.ConcurrencyFailure());

    /// <summary>Not supported: use <see cref="Accounts.DeleteAsync"/>, which keeps published lines.</summary>
    public Task<IdentityResult> DeleteAsync(PlatformUser user, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Use Accounts.DeleteAsync, which keeps published lines.");

    public Task<PlatformUser?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        table.FindAsync(userId, cancellationToken);

    public Task<PlatformUser?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) =>
        table.FindByEmailAsync(normalizedUserName, cancellationToken);

    public Task<PlatformUser?> FindByEmailAsync(string normalizedEmail, CancellationToken cancellationToken) =>
        table.FindByEmailAsync(normalizedEmail, cancellationToken);

    // ---- external logins ----

    public Task AddLoginAsync(PlatformUser user, UserLoginInfo login, CancellationToken cancellationToken) => database.WriteAsync(
        statements => statements.ExecuteAsync(
            """
            INSERT INTO user_logins (provider, provider_key, display_name, user_id)
            VALUES (@LoginProvider, @ProviderKey, @ProviderDisplayName, @UserId)
            """,
            new { login.LoginProvider, login.ProviderKey, login.ProviderDisplayName, user.UserId }),
        cancellationToken);

    public Task RemoveLoginAsync(PlatformUser user, string loginProvider, string providerKey, CancellationToken cancellationToken) =>
        database.WriteAsync(
            statements => statements.ExecuteAsync(
                "DELETE FROM user_logins WHERE provider = @loginProvider AND provider_key = @providerKey AND user_id = @UserId",
                new { loginProvider, providerKey, user.UserId }),
            cancellationToken);

    public async Task<IList<UserLoginInfo>> GetLoginsAsync(PlatformUser user, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            statements => statements.ListAsync<LoginRow>(
                "SELECT provider, provider_key, display_name FROM user_logins WHERE user_id = @UserId ORDER BY provider, provider_key",
                new { user.UserId }),
            cancellationToken);
        return [.. rows.Select(r => new UserLoginInfo(r.Provider, r.ProviderKey, r.DisplayName))];
    }

    public Task<PlatformUser?> FindByLoginAsync(
        string loginProvider, string providerKey, CancellationToken cancellationToken) => database.ReadAsync(
        statements => statements.FindAsync<PlatformUser>(
            $"""
            SELECT {UserTable.Columns} FROM users
            WHERE deleted_at IS NULL
                AND user_id = (SELECT l.user_id FROM user_logins l WHERE l.provider = @loginProvider AND l.provider_key = @providerKey)
            """,
            new { loginProvider, providerKey }),
        cancellationToken);

    // ---- roles ----

    public Task AddToRoleAsync(PlatformUser user, string roleName, CancellationToken cancellationToken) => database.WriteAsync(
        statements => database.TryInsertAsync(
            statements, "INSERT INTO user_roles (user_id, role) VALUES (@UserId, @role)", new { user.UserId, role = Role(roleName) }),
        cancellationToken);

    public Task RemoveFromRoleAsync(PlatformUser user, string roleName, CancellationToken cancellationToken) => database.WriteAsync(
        statements => statements.ExecuteAsync(
            "DELETE FROM user_roles WHERE user_id = @UserId AND role = @role", new { user.UserId, role = Role(roleName) }),
        cancellationToken);

    public async Task<IList<string>> GetRolesAsync(PlatformUser user, CancellationToken cancellationToken) =>
        [.. (await table.ListRolesAsync([user.UserId], cancellationToken)).Select(r => r.Role)];

    public async Task<bool> IsInRoleAsync(PlatformUser user, string roleName, CancellationToken cancellationToken) =>
        (await GetRolesAsync(user, cancellationToken)).Contains(Role(roleName));

    public async Task<IList<PlatformUser>> GetUsersInRoleAsync(
        string roleName, CancellationToken cancellationToken) => await database.ReadAsync(
        statements => statements.ListAsync<PlatformUser>(
            $"""
            SELECT {UserTable.Columns} FROM users
            WHERE deleted_at IS NULL AND user_id IN (SELECT r.user_id FROM user_roles r WHERE r.role = @role) ORDER BY user_id
            """,
            new { role = Role(roleName) }),
        cancellationToken);

    // Identity passes normalised (upper-case) names.
    private static string Role(string name) => Roles.All.FirstOrDefault(r => r.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new InvalidOperationException($"Role '{name}' is unknown. Use {string.Join(", ", Roles.All)}.");

    private sealed class LoginRow
    {
        public string Provider { get; init; } = "";

        public string ProviderKey { get; init; } = "";

        public string? DisplayName { get; init; }
    }
}
