using Microsoft.AspNetCore.Identity;

namespace Settlement.SampleHost.Users;

/// <summary>
/// The first admin, whom nobody else could have made: the section <c>Admin</c> with <c>Email</c> and <c>Password</c>. An account of that address
/// which is there already keeps its password and becomes an admin.
/// </summary>
internal sealed class FirstAdmin(IConfiguration configuration, UserManager<PlatformUser> users, Accounts accounts)
{
    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        var section = configuration.GetSection("Admin");
        if (section["Email"] is not { Length: > 0 } email)
            return;
        var user = await users.FindByEmailAsync(email) ?? await accounts.SignUpAsync(email, section["Password"] ?? "", "Admin");
        if (!await users.IsInRoleAsync(user, Roles.Admin))
            await accounts.SetRolesAsync(
                new Caller(null, null, "start", IsCreator: false, IsAdmin: true), user.UserId, [.. await users.GetRolesAsync(user), Roles.Admin],
                cancellationToken);
    }
}
