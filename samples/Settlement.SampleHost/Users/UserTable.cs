using Settlement.SampleHost.Database;

namespace Settlement.SampleHost.Users;

/// <summary>The statements about accounts that Identity does not know of, and those that its store shares. Thread-safe.</summary>
internal sealed class UserTable(PlatformDatabase database)
{
    public const string Columns =
        "user_id, email, normalized_email, display_name, payee_id, password_hash, security_stamp, concurrency_stamp, lockout_end, lockout_enabled, "
        + "access_failed_count, studio_requested_at, created_at, deleted_at";

    public Task<PlatformUser?> FindAsync(string userId, CancellationToken cancellationToken) => database.ReadAsync(
        statements => statements.FindAsync<PlatformUser>(
            $"SELECT {Columns} FROM users WHERE user_id = @userId AND deleted_at IS NULL", new { userId }),
        cancellationToken);

    public Task<PlatformUser?> FindByEmailAsync(string normalizedEmail, CancellationToken cancellationToken) => database.ReadAsync(
        statements => statements.FindAsync<PlatformUser>(
            $"SELECT {Columns} FROM users WHERE normalized_email = @normalizedEmail AND deleted_at IS NULL", new { normalizedEmail }),
        cancellationToken);

    /// <summary>What every request of the account is checked by; null when it is deleted.</summary>
    public Task<string?> FindStampAsync(string userId, CancellationToken cancellationToken) => database.ReadAsync(
        statements => statements.FindAsync<string>(
            "SELECT security_stamp FROM users WHERE user_id = @userId AND deleted_at IS NULL", new { userId }),
        cancellationToken);

    public Task<bool> TryAddAsync(PlatformUser user, CancellationToken cancellationToken) => database.WriteAsync(
        statements => database.TryInsertAsync(
            statements,
            """
            INSERT INTO users (user_id, email, normalized_email, display_name, payee_id, password_hash, security_stamp, concurrency_stamp, lockout_end,
                lockout_enabled, access_failed_count, studio_requested_at, created_at, deleted_at)
            VALUES (@UserId, @Email, @NormalizedEmail, @DisplayName, @PayeeId, @PasswordHash, @SecurityStamp, @ConcurrencyStamp, @LockoutEnd,
                @LockoutEnabled, @AccessFailedCount, @StudioRequestedAt, @CreatedAt, @DeletedAt)
            """,
            user),
        cancellationToken);

    /// <summary>Stores a changed account, when nobody else changed it meanwhile.</summary>
    public Task<bool> TryUpdateAsync(PlatformUser user, CancellationToken cancellationToken)
    {
        var next = Guid.NewGuid().ToString("N");
        return database.WriteAsync(
            async statements =>
            {
                var changed = await statements.ExecuteAsync(
                    """
                    UPDATE users SET email = @Email, normalized_email = @NormalizedEmail, display_name = @DisplayName, password_hash = @PasswordHash,
                        security_stamp = @SecurityStamp, concurrency_stamp = @next, lockout_end = @LockoutEnd, lockout_enabled = @LockoutEnabled,
                        access_failed_count = @AccessFailedCount
                    WHERE user_id = @UserId AND concurrency_stamp = @ConcurrencyStamp AND deleted_at IS NULL
                    """,
                    new
                    {
                        user.Email, user.NormalizedEmail, user.DisplayName, user.PasswordHash, user.SecurityStamp, next, user.LockoutEnd,
                        user.LockoutEnabled, user.AccessFailedCount, user.UserId, user.ConcurrencyStamp,
                    });
                if (changed == 1)
                    user.ConcurrencyStamp = next;
                return changed == 1;
            },
            cancellationToken);
    }

    /// <summary>
    /// Deletes an account: what says who it was goes, and so do its videos. The row stays with its payee id, by which the settled history
    /// and what is still owed are kept.
    /// </summary>
    public Task DeleteAsync(string userId, long now, CancellationToken cancellationToken) => database.WriteAsync(
        async statements =>
        {
            var values = new { userId, now, stamp = Guid.NewGuid().ToString("N") };
            await statements.ExecuteAsync("DELETE FROM user_roles WHERE user_id = @userId", values);
            await statements.ExecuteAsync("DELETE FROM user_logins WHERE user_id = @userId", values);
            await statements.ExecuteAsync("DELETE FROM placements WHERE video_id IN (SELECT v.video_id FROM videos v WHERE v.owner_id = @userId)", values);
            await statements.ExecuteAsync("UPDATE videos SET deleted_at = @now WHERE owner_id = @userId AND deleted_at IS NULL", values);
            await statements.ExecuteAsync(
                """
                UPDATE users SET email = NULL, normalized_email = NULL, display_name = '(deleted)', password_hash = NULL, security_stamp = @stamp,
                    concurrency_stamp = @stamp, studio_requested_at = NULL, deleted_at = @now
                WHERE user_id = @userId AND deleted_at IS NULL
                """,
                values);
        },
        cancellationToken);

    public Task RequestStudioAsync(string userId, long? at, CancellationToken cancellationToken) => database.WriteAsync(
        statements => statements.ExecuteAsync("UPDATE users SET studio_requested_at = @at WHERE user_id = @userId", new { userId, at }),
        cancellationToken);

    /// <summary>A page of accounts by id, the oldest first.</summary>
    public Task<List<PlatformUser>> ListAsync(string after, int count, bool onlyRequests, CancellationToken cancellationToken) => database.ReadShownAsync(
        statements => statements.ListAsync<PlatformUser>(
            $"""
            SELECT {Columns} FROM users
            WHERE user_id > @after AND deleted_at IS NULL AND (@onlyRequests = 0 OR studio_requested_at IS NOT NULL)
            ORDER BY user_id LIMIT @count
            """,
            new { after, count, onlyRequests = onlyRequests ? 1 : 0 }),
        cancellationToken);

    public Task<List<UserRole>> ListRolesAsync(IReadOnlyCollection<string> userIds, CancellationToken cancellationToken) => database.ReadAsync(
        statements => statements.ListAsync<UserRole>(
            "SELECT user_id, role FROM user_roles WHERE user_id IN @userIds ORDER BY user_id, role", new { userIds }),
        cancellationToken);

    public sealed class UserRole
    {
        public string UserId { get; init; } = "";

        public string Role { get; init; } = "";
    }
}
