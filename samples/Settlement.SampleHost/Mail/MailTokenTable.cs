using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Settlement.SampleHost.Database;
using Settlements;

namespace Settlement.SampleHost.Mail;

/// <summary>What a link in a mail allows.</summary>
internal enum MailPurpose
{
    ResetPassword = 0,
    VerifyAddress = 1,
}

/// <summary>
/// Reads and writes the tokens of links in mails. A token is valid once, until it expires, and only while the account has the address to
/// which it was sent; one that resets the password, only until the password is changed. Only its hash is stored, so that nobody can use it
/// from the content of the database. Thread-safe.
/// </summary>
internal sealed class MailTokenTable(PlatformDatabase database, TimeProvider clock)
{
    private const int TokenBytes = 32;

    /// <summary>The period of the limit per account.</summary>
    private static readonly TimeSpan LimitPeriod = TimeSpan.FromHours(1);

    /// <summary>The condition of a valid token <c>t</c> of an account <c>u</c>.</summary>
    private const string Valid =
        "t.token_hash = @Hash AND t.purpose = @Purpose AND t.expires_at > @Now "
            + "AND u.deleted_at IS NULL AND u.normalized_email = t.normalized_email "
            + "AND (@Purpose <> 0 OR u.security_stamp = t.security_stamp)";

    /// <summary>Creates a token and deletes expired ones.</summary>
    /// <param name="userId">The account.</param>
    /// <param name="normalizedEmail">The address to which it is sent, normalised.</param>
    /// <param name="purpose">What it allows.</param>
    /// <param name="life">Its validity.</param>
    /// <param name="perHourMax">The maximum number of unused tokens of this purpose that the account gets within an hour.</param>
    /// <param name="cancellationToken">Cancels the call before the change.</param>
    /// <returns>The token; null if the account has reached the maximum.</returns>
    public async Task<string?> TryAddAsync(
        string userId, string normalizedEmail, MailPurpose purpose, TimeSpan life, int perHourMax, CancellationToken cancellationToken)
    {
        var token = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(TokenBytes));
        var now = clock.GetUtcNow();
        var values = new
        {
            hash = Hash(token), userId, normalizedEmail, purpose = (long)purpose, now = UnixMicroseconds.From(now),
            end = UnixMicroseconds.From(now + life), limited = UnixMicroseconds.From(now - LimitPeriod),
        };
        return await database.WriteAsync(
            async statements =>
            {
                await statements.ExecuteAsync("DELETE FROM mail_tokens WHERE expires_at <= @now AND created_at <= @limited", values);
                if (await statements.FindAsync<long>(
                    "SELECT COUNT(*) FROM mail_tokens WHERE user_id = @userId AND purpose = @purpose AND created_at > @limited", values)
                    >= perHourMax)
                {
                    return null;
                }

                await statements.ExecuteAsync(
                    """
                    INSERT INTO mail_tokens (token_hash, user_id, purpose, normalized_email, security_stamp, created_at, expires_at)
                    SELECT @hash, user_id, @purpose, @normalizedEmail, security_stamp, @now, @end FROM users WHERE user_id = @userId
                    """,
                    values);
                return token;
            },
            cancellationToken);
    }

    /// <summary>Returns the account of a valid token, without using it; null if it is invalid.</summary>
    public Task<string?> FindAsync(string? token, MailPurpose purpose, CancellationToken cancellationToken) => database.ReadAsync(
        statements => FindAsync(statements, Values(token, purpose)), cancellationToken);

    /// <summary>
    /// Uses a token to reset a password, which verifies the address and ends all login sessions. Nothing is changed without a valid token.
    /// </summary>
    /// <returns>Whether the token was valid.</returns>
    public Task<bool> TryResetPasswordAsync(
        string? token, string userId, string passwordHash, CancellationToken cancellationToken) => database.WriteAsync(
        async statements =>
        {
            var values = Values(token, MailPurpose.ResetPassword);
            if (!await TryUseAsync(statements, values))
                return false;
            var change = new { userId, passwordHash, stamp = Guid.NewGuid().ToString("N"), values.Now };
            await statements.ExecuteAsync(
                """
                UPDATE users SET password_hash = @passwordHash, security_stamp = @stamp, concurrency_stamp = @stamp,
                    email_verified_at = COALESCE(email_verified_at, @Now)
                WHERE user_id = @userId
                """,
                change);
            await statements.ExecuteAsync("DELETE FROM sessions WHERE user_id = @userId", change);
            await statements.ExecuteAsync("DELETE FROM mail_tokens WHERE user_id = @userId", change);
            return true;
        },
        cancellationToken);

    /// <summary>Uses a token to verify the address to which it was sent.</summary>
    /// <returns>Whether the token was valid.</returns>
    public Task<bool> TryVerifyAsync(string? token, string userId, CancellationToken cancellationToken) => database.WriteAsync(
        async statements =>
        {
            var values = Values(token, MailPurpose.VerifyAddress);
            if (!await TryUseAsync(statements, values))
                return false;
            await statements.ExecuteAsync(
                "UPDATE users SET email_verified_at = COALESCE(email_verified_at, @Now) WHERE user_id = @userId",
                new { userId, values.Now });
            await statements.ExecuteAsync(
                "DELETE FROM mail_tokens WHERE user_id = @userId AND purpose = @Purpose", new { userId, values.Purpose });
            return true;
        },
        cancellationToken);

    /// <summary>Deletes a token; of concurrent uses, one finds it.</summary>
    private static async Task<bool> TryUseAsync(Sql statements, TokenValues values) =>
        await FindAsync(statements, values) is not null
        && await statements.ExecuteAsync("DELETE FROM mail_tokens WHERE token_hash = @Hash", values) == 1;

    private static Task<string?> FindAsync(Sql statements, TokenValues values) => statements.FindAsync<string>(
        $"SELECT u.user_id FROM mail_tokens t JOIN users u ON u.user_id = t.user_id WHERE {Valid}", values);

    private TokenValues Values(string? token, MailPurpose purpose) =>
        new(Hash(token ?? ""), (long)purpose, UnixMicroseconds.From(clock.GetUtcNow()));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private sealed record TokenValues(string Hash, long Purpose, long Now);
}
