using Microsoft.AspNetCore.Identity;
using Settlement.SampleHost.DemoData;
using Settlement.SampleHost.Hosting;

namespace Settlement.SampleHost.Users;

/// <summary>
/// Creates the first admin from the configuration section <c>Admin</c> with <c>Email</c> and <c>Password</c>. Anybody can sign up with any
/// address, so an existing account becomes an admin only if it has the configured password, which proves that this class created it.
/// </summary>
internal sealed class FirstAdmin(
    IConfiguration configuration, UserManager<PlatformUser> users, Accounts accounts, IHostEnvironment environment)
{
    /// <summary>Creates the admin, or assigns the role, if necessary.</summary>
    /// <exception cref="InvalidOperationException">The address belongs to another account; the message contains the remedy.</exception>
    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        var section = configuration.GetSection("Admin");
        if (section["Email"]?.Trim() is not { Length: > 0 } email)
            return;
        var password = section["Password"] ?? "";
        var user = await users.FindByEmailAsync(email) ?? await SignUpAsync(email, password);
        if (!environment.IsDevelopment() && PlatformSeed.IsDemoAccount(user.UserId))
        {
            throw Refused(
                email, "the address of a demo account, which has no password outside the development environment",
                "use another Admin:Email");
        }

        if (await users.IsInRoleAsync(user, Roles.Admin))
            return;
        if (!await users.CheckPasswordAsync(user, password))
        {
            throw Refused(
                email, "the address of an account that is not an admin and has another password",
                "use another Admin:Email, or let an admin assign the role");
        }

        await accounts.SetRolesAsync(
            new Caller(null, null, "start", IsCreator: false, IsAdmin: true), user.UserId,
            [.. await users.GetRolesAsync(user), Roles.Admin],
            cancellationToken);
    }

    private async Task<PlatformUser> SignUpAsync(string email, string password)
    {
        try
        {
            return await accounts.SignUpAsync(email, password, "Admin");
        }
        catch (PlatformException e) when (e.Status == StatusCodes.Status409Conflict)
        {
            // Another instance that is starting, or somebody else, has just created the account.
            if (await users.FindByEmailAsync(email) is { } created)
                return created;
            throw;
        }
    }

    private static InvalidOperationException Refused(string email, string what, string remedy) =>
        new($"Admin:Email '{email}' is {what}: {remedy}.");
}
