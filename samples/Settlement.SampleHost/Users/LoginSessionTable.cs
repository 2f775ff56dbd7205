using System.Globalization;
using System.Security.Claims;
using Settlement.SampleHost.Database;
using Settlements;

namespace Settlement.SampleHost.Users;

/// <summary>
/// Reads and writes login sessions. Each cookie and each token refers to a login session and is rejected after its end, so that copies of
/// it are useless. Thread-safe.
/// </summary>
internal sealed class LoginSessionTable(PlatformDatabase database, TimeProvider clock)
{
    private const string IdClaim = "settlement:session";
    private const string RenewalsClaim = "settlement:renewals";

    /// <summary>Returns the id of the login session of a cookie or token; null for an anonymous user.</summary>
    public static string? Of(ClaimsPrincipal user) => user.FindFirstValue(IdClaim);

    /// <summary>Returns the claims that refer to a login session.</summary>
    public static IEnumerable<Claim> Claims(string sessionId, long renewals = 0) =>
        [new(IdClaim, sessionId), new(RenewalsClaim, renewals.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Starts a login session and deletes expired ones of the account.</summary>
    public async Task<string> BeginAsync(string userId, SessionOrigin origin, TimeSpan life, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var values = new
        {
            id = Guid.NewGuid().ToString("N"), userId, kind = (long)origin.Kind, origin.Client, origin.Address,
            now = UnixMicroseconds.From(now), end = UnixMicroseconds.From(now + life),
        };
        await database.WriteAsync(
            async statements =>
            {
                await statements.ExecuteAsync("DELETE FROM sessions WHERE user_id = @userId AND expires_at < @now", values);
                await statements.ExecuteAsync(
                    """
                    INSERT INTO sessions (session_id, user_id, renewals, kind, client, address, created_at, seen_at, expires_at)
                    VALUES (@id, @userId, 0, @kind, @Client, @Address, @now, @now, @end)
                    """,
                    values);
            },
            cancellationToken);
        return values.id;
    }

    /// <summary>
    /// Returns the security stamp that each request is compared with, and the account's current roles; null if the account is deleted or
    /// the login session has ended.
    /// </summary>
    public async Task<SessionState?> FindAsync(string userId, string sessionId, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            statements => statements.ListAsync<StampAndRole>(
                """
                SELECT u.security_stamp, r.role, s.seen_at FROM sessions s JOIN users u ON u.user_id = s.user_id
                    LEFT JOIN user_roles r ON r.user_id = u.user_id
                WHERE s.session_id = @sessionId AND s.expires_at > @now AND u.user_id = @userId AND u.deleted_at IS NULL
                """,
                new { userId, sessionId, now = UnixMicroseconds.From(clock.GetUtcNow()) }),
            cancellationToken);
        return rows.Count == 0
            ? null
            : new SessionState(
                rows[0].SecurityStamp, [.. rows.Select(r => r.Role).OfType<string>()], UnixMicroseconds.ToInstant(rows[0].SeenAt));
    }

    /// <summary>Returns the active login sessions of an account, the last used first.</summary>
    public async Task<IReadOnlyList<LoginSession>> ListAsync(string userId, string? current, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            statements => statements.ListAsync<Row>(
                """
                SELECT session_id, kind, client, address, created_at, seen_at, expires_at FROM sessions
                WHERE user_id = @userId AND expires_at > @now ORDER BY seen_at DESC, session_id
                """,
                new { userId, now = UnixMicroseconds.From(clock.GetUtcNow()) }),
            cancellationToken);
        return [.. rows.Select(r => new LoginSession(
            r.SessionId, (SessionKind)r.Kind, r.Client, r.Address, UnixMicroseconds.ToInstant(r.CreatedAt),
            UnixMicroseconds.ToInstant(r.SeenAt), UnixMicroseconds.ToInstant(r.ExpiresAt), r.SessionId == current))];
    }

    /// <summary>Records that a login session is in use.</summary>
    public Task TouchAsync(string sessionId, CancellationToken cancellationToken) => database.WriteAsync(
        statements => statements.ExecuteAsync(
            "UPDATE sessions SET seen_at = @now WHERE session_id = @sessionId",
            new { sessionId, now = UnixMicroseconds.From(clock.GetUtcNow()) }),
        cancellationToken);

    /// <summary>Extends the login session of a renewed cookie.</summary>
    public Task ProlongAsync(ClaimsPrincipal user, TimeSpan life, CancellationToken cancellationToken) => database.WriteAsync(
        statements => statements.ExecuteAsync(
            "UPDATE sessions SET expires_at = @end WHERE session_id = @id",
            new { id = Of(user), end = UnixMicroseconds.From(clock.GetUtcNow() + life) }),
        cancellationToken);

    /// <summary>
    /// Uses a refresh token, which is valid once. A second use indicates a stolen copy, and the legitimate owner can't be determined, so
    /// the login session ends.
    /// </summary>
    /// <returns>The claims of the next token; null if the token was used before or the login session has ended.</returns>
    public async Task<IEnumerable<Claim>?> RenewAsync(ClaimsPrincipal user, TimeSpan life, CancellationToken cancellationToken)
    {
        if (Of(user) is not { } id
            || !long.TryParse(user.FindFirstValue(RenewalsClaim), NumberStyles.None, CultureInfo.InvariantCulture, out var renewals))
        {
            return null;
        }

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

    /// <summary>Ends the login session of a cookie or token.</summary>
    public Task EndAsync(ClaimsPrincipal user, CancellationToken cancellationToken) => Of(user) is { } id
        ? database.WriteAsync(
            statements => statements.ExecuteAsync("DELETE FROM sessions WHERE session_id = @id", new { id }), cancellationToken)
        : Task.CompletedTask;

    /// <summary>Ends a login session of an account.</summary>
    /// <returns>False if the account has no such login session.</returns>
    public Task<bool> TryEndAsync(string userId, string sessionId, CancellationToken cancellationToken) => database.WriteAsync(
        async statements => await statements.ExecuteAsync(
            "DELETE FROM sessions WHERE session_id = @sessionId AND user_id = @userId", new { sessionId, userId }) == 1,
        cancellationToken);

    /// <summary>Ends all login sessions of an account, on all devices and in all programs.</summary>
    /// <param name="userId">The account.</param>
    /// <param name="except">A login session to keep; null to end all.</param>
    /// <param name="cancellationToken">Cancels the call before the change.</param>
    public Task EndAllAsync(string userId, string? except, CancellationToken cancellationToken) => database.WriteAsync(
        statements => statements.ExecuteAsync(
            "DELETE FROM sessions WHERE user_id = @userId AND (@except IS NULL OR session_id <> @except)", new { userId, except }),
        cancellationToken);

    private sealed class StampAndRole
    {
        public string SecurityStamp { get; init; } = "";

        public string? Role { get; init; }

        public long SeenAt { get; init; }
    }

    private sealed class Row
    {
        public string SessionId { get; init; } = "";

        public long Kind { get; init; }

        public string Client { get; init; } = "";

        public string Address { get; init; } = "";

        public long CreatedAt { get; init; }

        public long SeenAt { get; init; }

        public long ExpiresAt { get; init; }
    }
}

/// <summary>What a request's login session is checked against.</summary>
/// <param name="SecurityStamp">The security stamp of the account.</param>
/// <param name="Roles">The current roles of the account.</param>
/// <param name="SeenAt">The recorded last use of the login session.</param>
internal sealed record SessionState(string SecurityStamp, IReadOnlyCollection<string> Roles, DateTimeOffset SeenAt);
