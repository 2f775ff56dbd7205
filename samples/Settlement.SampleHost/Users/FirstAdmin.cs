using Microsoft.AspNetCore.Identity;
using Settlement.SampleHost.DemoData;
using Settlement.SampleHost.Hosting;

namespace Settlement.SampleHost.Users;

/// <summary>
/// The first admin, whom nobody else could have made: the section <c>Admin</c> with <c>Email</c> and <c>Password</c>. Anybody may sign up with any
/// address, so an account that is there already is no proof of who has it: it is never made an admin, but by the password that is configured,
/// which shows that it was made here.
/// </summary>
internal sealed class FirstAdmin(IConfiguration configuration, UserManager<PlatformUser> users, Accounts accounts, IHostEnvironment environment)
{
    /// <exception cref="InvalidOperationException">The address is somebody else's; the message says what to do.</exception>
    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        var section = configuration.GetSection("Admin");
        if (section["Email"]?.Trim() is not { Length: > 0 } email)
            return;
        var password = section["Password"] ?? "";
        var user = await users.FindByEmailAsync(email) ?? await SignUpAsync(email, password);
        if (!environment.IsDevelopment() && PlatformSeed.Made(user.UserId))
            throw Refused(email, "a demo account's, which has no password outside of the development environment", "choose another Admin:Email");
        if (await users.IsInRoleAsync(user, Roles.Admin))
            return;
        if (!await users.CheckPasswordAsync(user, password))
        {
            throw Refused(
                email, "the address of an account that is no admin and has another password", "choose another Admin:Email, or let an admin give it the role");
        }

        await accounts.SetRolesAsync(
            new Caller(null, null, "start", IsCreator: false, IsAdmin: true), user.UserId, [.. await users.GetRolesAsync(user), Roles.Admin],
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
            // Another host that starts now has just made it, or somebody else has.
            if (await users.FindByEmailAsync(email) is { } made)
                return made;
            throw;
        }
    }

    private static InvalidOperationException Refused(string email, string what, string remedy) => new($"Admin:Email '{email}' is {what}: {remedy}.");
}
