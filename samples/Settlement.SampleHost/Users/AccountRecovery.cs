using Microsoft.AspNetCore.Identity;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Languages;
using Settlement.SampleHost.Mail;

namespace Settlement.SampleHost.Users;

/// <summary>Resets passwords and verifies addresses by links in mails. Scoped, like Identity's managers.</summary>
internal sealed class AccountRecovery(
    Accounts accounts, AccountMails mails, MailTokenTable tokens, UserTable table, IPasswordHasher<PlatformUser> hasher,
    ILookupNormalizer normalizer)
{
    /// <summary>Whether there is mail.</summary>
    public bool IsEnabled => mails.IsEnabled;

    /// <summary>The folder of the mails; null if they are sent.</summary>
    public string? Folder => mails.Folder;

    /// <summary>Requests a mail with a link to reset the password. The result is the same whether or not there is an account.</summary>
    public void RequestReset(string? email)
    {
        if (string.IsNullOrWhiteSpace(email) || email.Length > Accounts.EmailLengthMax)
        {
            var errors = new FieldErrors();
            errors.Add("email", $"The e-mail address is missing, or longer than {Accounts.EmailLengthMax} characters.");
            errors.ThrowIfAny();
        }

        mails.RequestReset(normalizer.NormalizeEmail(email!.Trim())!, JsonStringLocalizer.Language);
    }

    /// <summary>Returns whether a link to reset a password is valid, without using it.</summary>
    public async Task<bool> CanResetAsync(string? token, CancellationToken cancellationToken) =>
        await tokens.FindAsync(token, MailPurpose.ResetPassword, cancellationToken) is not null;

    /// <summary>Sets a new password and ends all login sessions of the account. The link is valid once.</summary>
    /// <exception cref="PlatformException">The link is invalid, or the password; then the link stays valid.</exception>
    public async Task ResetAsync(string? token, string? newPassword, CancellationToken cancellationToken)
    {
        var user = await tokens.FindAsync(token, MailPurpose.ResetPassword, cancellationToken) is { } id
            ? await table.FindAsync(id, cancellationToken) ?? throw Invalid()
            : throw Invalid();
        await accounts.ValidatePasswordAsync(user, newPassword ?? "");
        if (!await tokens.TryResetPasswordAsync(token, user.UserId, hasher.HashPassword(user, newPassword!), cancellationToken))
            throw Invalid();
    }

    /// <summary>Requests a mail with a link to verify the account's address.</summary>
    public async Task RequestVerificationAsync(string userId, CancellationToken cancellationToken)
    {
        if ((await accounts.GetAsync(userId, cancellationToken)).IsEmailVerified)
            throw PlatformException.Conflict("Already verified", "The e-mail address is already verified.");
        mails.RequestVerification(userId, JsonStringLocalizer.Language);
    }

    /// <summary>Verifies the address to which a link was sent. The link is valid once.</summary>
    public async Task VerifyAsync(string? token, CancellationToken cancellationToken)
    {
        if (await tokens.FindAsync(token, MailPurpose.VerifyAddress, cancellationToken) is not { } id
            || !await tokens.TryVerifyAsync(token, id, cancellationToken))
        {
            throw Invalid();
        }
    }

    private static PlatformException Invalid() => PlatformException.Conflict(
        "The link is not valid", "It was used before, has expired, or the account's address has changed. Request another mail.");
}
