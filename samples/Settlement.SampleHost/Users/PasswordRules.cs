using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;

namespace Settlement.SampleHost.Users;

/// <summary>
/// Rejects passwords that attackers try first (NIST SP 800-63B, 5.1.1.2): the account's address and name, and the thousand most common
/// passwords of sufficient length. The list is from zxcvbn 4.4.2 (MIT), as the first 8 bytes of the SHA-256 of each lower-case password.
/// Thread-safe.
/// </summary>
internal sealed class PasswordRules : IPasswordValidator<PlatformUser>
{
    private const int HashBytes = 8;

    private static readonly Lazy<HashSet<string>> MostCommon = new(Read);

    public Task<IdentityResult> ValidateAsync(UserManager<PlatformUser> manager, PlatformUser user, string? password)
    {
        var given = password?.Trim() ?? "";
        string?[] guessable = [user.Email, user.Email?.Split('@')[0], user.DisplayName];
        if (guessable.Any(o => string.Equals(o?.Trim(), given, StringComparison.OrdinalIgnoreCase)))
            return Refuse("The password equals the account's address or name. Use several words that are unrelated to the account.");
        return MostCommon.Value.Contains(Hash(given.ToLowerInvariant()))
            ? Refuse("The password is one of the thousand most common passwords. Use several unrelated words.")
            : Task.FromResult(IdentityResult.Success);
    }

    private static Task<IdentityResult> Refuse(string text) =>
        Task.FromResult(IdentityResult.Failed(new IdentityError { Code = nameof(PasswordRules), Description = text }));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, HashBytes));

    private static HashSet<string> Read()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("common-passwords.txt")!);
        return new HashSet<string>(reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);
    }
}
