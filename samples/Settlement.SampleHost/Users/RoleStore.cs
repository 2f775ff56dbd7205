using Microsoft.AspNetCore.Identity;

namespace Settlement.SampleHost.Users;

/// <summary>A read-only store of the three fixed roles.</summary>
internal sealed class RoleStore : IRoleStore<PlatformRole>
{
    private const string Fixed = "The roles viewer, creator and admin are fixed and can't be changed.";

    public void Dispose()
    {
    }

    public Task<PlatformRole?> FindByIdAsync(string roleId, CancellationToken cancellationToken) =>
        FindByNameAsync(roleId, cancellationToken);

    public Task<PlatformRole?> FindByNameAsync(string normalizedRoleName, CancellationToken cancellationToken) => Task.FromResult(
        Roles.All.FirstOrDefault(r => r.Equals(normalizedRoleName, StringComparison.OrdinalIgnoreCase)) is { } name
            ? new PlatformRole(name) : null);

    public Task<string> GetRoleIdAsync(PlatformRole role, CancellationToken cancellationToken) => Task.FromResult(role.Name);

    public Task<string?> GetRoleNameAsync(PlatformRole role, CancellationToken cancellationToken) => Task.FromResult<string?>(role.Name);

    public Task<string?> GetNormalizedRoleNameAsync(PlatformRole role, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(role.Name.ToUpperInvariant());

    public Task SetRoleNameAsync(PlatformRole role, string? roleName, CancellationToken cancellationToken) =>
        throw new NotSupportedException(Fixed);

    public Task SetNormalizedRoleNameAsync(PlatformRole role, string? normalizedName, CancellationToken cancellationToken) =>
        throw new NotSupportedException(Fixed);

    public Task<IdentityResult> CreateAsync(PlatformRole role, CancellationToken cancellationToken) =>
        throw new NotSupportedException(Fixed);

    public Task<IdentityResult> UpdateAsync(PlatformRole role, CancellationToken cancellationToken) =>
        throw new NotSupportedException(Fixed);

    public Task<IdentityResult> DeleteAsync(PlatformRole role, CancellationToken cancellationToken) =>
        throw new NotSupportedException(Fixed);
}
