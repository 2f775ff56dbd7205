using System.Globalization;
using System.Security.Claims;
using Settlement.SampleHost.Database;
using Settlements;

namespace Settlement.SampleHost.Users;

/// <summary>
/// Where accounts are logged in. Each cookie and each token names a session, and is of no use once that has ended, whoever has a copy of it.
/// Thread-safe.
/// </summary>
internal sealed class SessionTable(PlatformDatabase database, TimeProvider clock)
{
    private const string IdClaim = "settlement:session";
    private const string RenewalsClaim = "settlement:renewals";

    /// <summary>The session that a cookie or a token names; null for nobody.</summary>
    public static string? Of(ClaimsPrincipal user) => user.FindFirstValue(IdClaim);

    /// <summary>What a cookie or a token says of its session.</summary>
    public static IEnumerable<Claim> Claims(string sessionId, long renewals = 0) =>
        [new(IdClaim, sessionId), new(RenewalsClaim, renewals.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Begins a session, and forgets those of the account that are over.</summary>
    public async Task<string> BeginAsync(string userId, TimeSpan life, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var values = new { id = Guid.NewGuid().ToString("N"), userId, now = UnixMicroseconds.From(now), end = UnixMicroseconds.From(now + life) };
        await database.WriteAsync(
            async statements =>
            {
                await statements.ExecuteAsync("DELETE FROM sessions WHERE user_id = @userId AND expires_at < @now", values);
                await statements.ExecuteAsync(
                    "INSERT INTO sessions (session_id, user_id, renewals, created_at, expires_at) VALUES (@id, @userId, 0, @now, @end)", values);
            },
            cancellationToken);
        return values.id;
    }

    /// <summary>What every request of the account is checked by; null when the account is deleted, or the session over.</summary>
    public Task<string?> FindStampAsync(string userId, string sessionId, CancellationToken cancellationToken) => database.ReadAsync(
        statements => statements.FindAsync<string>(
            """
            SELECT u.security_stamp FROM sessions s JOIN users u ON u.user_id = s.user_id
            WHERE s.session_id = @sessionId AND s.expires_at > @now AND u.user_id = @userId AND u.deleted_at IS NULL
            """,
            new { userId, sessionId, now = UnixMicroseconds.From(clock.GetUtcNow()) }),
        cancellationToken);

    /// <summary>A cookie is given a longer life, and its session with it.</summary>
    public Task ProlongAsync(ClaimsPrincipal user, TimeSpan life, CancellationToken cancellationToken) => database.WriteAsync(
        statements => statements.ExecuteAsync(
            "UPDATE sessions SET expires_at = @end WHERE session_id = @id", new { id = Of(user), end = UnixMicroseconds.From(clock.GetUtcNow() + life) }),
        cancellationToken);

    /// <summary>
    /// Uses a refresh token, which works once. A second use means that somebody has a copy of it, and which of the two is the owner can't be
    /// known: the session ends.
    /// </summary>
    /// <returns>The claims of the next token; null when it was used before, or the session is over.</returns>
    public async Task<IEnumerable<Claim>?> RenewAsync(ClaimsPrincipal user, TimeSpan life, CancellationToken cancellationToken)
    {
        if (Of(user) is not { } id || !long.TryParse(user.FindFirstValue(RenewalsClaim), NumberStyles.None, CultureInfo.InvariantCulture, out var renewals))
            return null;
        var now = clock.GetUtcNow();
        var values = new { id, renewals, now = UnixMicroseconds.From(now), end = UnixMicroseconds.From(now + life) };
        var isRenewed = await database.WriteAsync(
            async statements =>
            {
                var changed = await statements.ExecuteAsync(
                    """
                    UPDATE sessions SET renewals = renewals + 1, expires_at = @end
                    WHERE session_id = @id AND renewals = @renewals AND expires_at > @now
                    """,
                    values);
                if (changed == 0)
                    await statements.ExecuteAsync("DELETE FROM sessions WHERE session_id = @id", values);
                return changed == 1;
            },
            cancellationToken);
        return isRenewed ? Claims(id, renewals + 1) : null;
    }

    /// <summary>Ends the session of a cookie or token.</summary>
    public Task EndAsync(ClaimsPrincipal user, CancellationToken cancellationToken) => Of(user) is { } id
        ? database.WriteAsync(statements => statements.ExecuteAsync("DELETE FROM sessions WHERE session_id = @id", new { id }), cancellationToken)
        : Task.CompletedTask;

    /// <summary>Ends all sessions of an account, on every device and of every program.</summary>
    /// <param name="userId">Whose.</param>
    /// <param name="but">A session that goes on; null to end all.</param>
    /// <param name="cancellationToken">Stops before the change.</param>
    public Task EndAllAsync(string userId, string? but, CancellationToken cancellationToken) => database.WriteAsync(
        statements => statements.ExecuteAsync(
            "DELETE FROM sessions WHERE user_id = @userId AND (@but IS NULL OR session_id <> @but)", new { userId, but }),
        cancellationToken);
}
