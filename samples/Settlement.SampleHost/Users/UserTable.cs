using Settlement.SampleHost.Database;

namespace Settlement.SampleHost.Users;

/// <summary>Reads and writes accounts, for Identity's user store and for the platform. Thread-safe.</summary>
internal sealed class UserTable(PlatformDatabase database)
{
    public const string Columns =
        "user_id, email, normalized_email, email_verified_at, display_name, payee_id, password_hash, security_stamp, "
            + "concurrency_stamp, lockout_end, lockout_enabled, "
        + "access_failed_count, studio_requested_at, created_at, deleted_at";

    public Task<PlatformUser?> FindAsync(string userId, CancellationToken cancellationToken) => database.ReadAsync(
        statements => statements.FindAsync<PlatformUser>(
            $"SELECT {Columns} FROM users WHERE user_id = @userId AND deleted_at IS NULL", new { userId }),
        cancellationToken);

    public Task<PlatformUser?> FindByEmailAsync(string normalizedEmail, CancellationToken cancellationToken) => database.ReadAsync(
        statements => statements.FindAsync<PlatformUser>(
            $"SELECT {Columns} FROM users WHERE normalized_email = @normalizedEmail AND deleted_at IS NULL", new { normalizedEmail }),
        cancellationToken);

    public Task<bool> TryAddAsync(PlatformUser user, CancellationToken cancellationToken) => database.WriteAsync(
        statements => database.TryInsertAsync(
            statements,
            """
            INSERT INTO users (user_id, email, normalized_email, display_name, payee_id, password_hash, security_stamp, concurrency_stamp,
                lockout_end,
                lockout_enabled, access_failed_count, studio_requested_at, created_at, deleted_at)
            VALUES (@UserId, @Email, @NormalizedEmail, @DisplayName, @PayeeId, @PasswordHash, @SecurityStamp, @ConcurrencyStamp,
                @LockoutEnd,
                @LockoutEnabled, @AccessFailedCount, @StudioRequestedAt, @CreatedAt, @DeletedAt)
            """,
            user),
        cancellationToken);

    /// <summary>Updates an account unless it was changed concurrently. Wrong passwords are counted separately.</summary>
    public Task<bool> TryUpdateAsync(PlatformUser user, CancellationToken cancellationToken)
    {
        var next = Guid.NewGuid().ToString("N");
        return database.WriteAsync(
            async statements =>
            {
                var changed = await statements.ExecuteAsync(
                    """
                    UPDATE users SET email = @Email, normalized_email = @NormalizedEmail,
                        email_verified_at = @EmailVerifiedAt, display_name = @DisplayName,
                        password_hash = @PasswordHash,
                        security_stamp = @SecurityStamp, concurrency_stamp = @next, lockout_enabled = @LockoutEnabled
                    WHERE user_id = @UserId AND concurrency_stamp = @ConcurrencyStamp AND deleted_at IS NULL
                    """,
                    new
                    {
                        user.Email, user.NormalizedEmail, user.EmailVerifiedAt, user.DisplayName, user.PasswordHash, user.SecurityStamp,
                        next, user.LockoutEnabled,
                        user.UserId, user.ConcurrencyStamp,
                    });
                if (changed == 1)
                    user.ConcurrencyStamp = next;
                return changed == 1;
            },
            cancellationToken);
    }

    /// <summary>
    /// Deletes an account: its personal data and its videos. The row stays with its payee id, which published lines and unpaid amounts
    /// refer to.
    /// </summary>
    /// <returns>False, without a change, if no other admin can log in.</returns>
    public Task<bool> TryDeleteAsync(string userId, long now, CancellationToken cancellationToken) => database.WriteAsync(
        async statements =>
        {
            var values = new { userId, now, stamp = Guid.NewGuid().ToString("N"), admin = Roles.Admin };
            if (await IsLastAdminAsync(statements, values))
                return false;
            await statements.ExecuteAsync("DELETE FROM user_roles WHERE user_id = @userId", values);
            await statements.ExecuteAsync("DELETE FROM user_logins WHERE user_id = @userId", values);
            await statements.ExecuteAsync("DELETE FROM user_devices WHERE user_id = @userId", values);
            await statements.ExecuteAsync("DELETE FROM sessions WHERE user_id = @userId", values);
            await statements.ExecuteAsync("DELETE FROM mail_tokens WHERE user_id = @userId", values);
            await statements.ExecuteAsync("DELETE FROM notifications WHERE user_id = @userId", values);
            await statements.ExecuteAsync(
                "DELETE FROM placements WHERE video_id IN (SELECT v.video_id FROM videos v WHERE v.owner_id = @userId)", values);
            await statements.ExecuteAsync("UPDATE videos SET deleted_at = @now WHERE owner_id = @userId AND deleted_at IS NULL", values);
            await statements.ExecuteAsync(
                """
                UPDATE users SET email = NULL, normalized_email = NULL, email_verified_at = NULL, display_name = '(deleted)', password_hash = NULL,
                    security_stamp = @stamp, concurrency_stamp = @stamp, studio_requested_at = NULL, deleted_at = @now
                WHERE user_id = @userId AND deleted_at IS NULL
                """,
                values);
            return true;
        },
        cancellationToken);

    private static async Task<bool> IsLastAdminAsync(Sql statements, object values)
    {
        // Locks the admins' rows until the commit: of two concurrent deletions, the second waits and finds that it is the last admin.
        await statements.ExecuteAsync("UPDATE user_roles SET role = role WHERE role = @admin", values);
        return await statements.FindAsync<long>(
            """
            SELECT COUNT(*) FROM user_roles r WHERE r.role = @admin AND r.user_id = @userId AND NOT EXISTS (
                SELECT 1 FROM user_roles o JOIN users u ON u.user_id = o.user_id
                WHERE o.role = @admin AND o.user_id <> @userId AND u.deleted_at IS NULL
                    AND (u.password_hash IS NOT NULL OR EXISTS (SELECT 1 FROM user_logins l WHERE l.user_id = u.user_id)))
            """,
            values) > 0;
    }

    public Task RequestStudioAsync(string userId, long? at, CancellationToken cancellationToken) => database.WriteAsync(
        statements => statements.ExecuteAsync("UPDATE users SET studio_requested_at = @at WHERE user_id = @userId", new { userId, at }),
        cancellationToken);

    /// <summary>
    /// Returns a page of accounts, newest first. The account of <paramref name="after"/> may be deleted: its row still gives the position.
    /// </summary>
    public Task<List<PlatformUser>> ListAsync(
        string? search, string? after, int count, bool onlyRequests, bool? hasEmail, CancellationToken cancellationToken)
    {
        var (lower, upper) = search is null ? default : (Pattern(search.ToLowerInvariant()), Pattern(search.ToUpperInvariant()));
        return database.ReadForDisplayAsync(
            statements => statements.ListAsync<PlatformUser>(
                $"""
                SELECT {Columns} FROM users
                WHERE deleted_at IS NULL AND (@onlyRequests = 0 OR studio_requested_at IS NOT NULL)
                    AND (@after IS NULL OR created_at < (SELECT a.created_at FROM users a WHERE a.user_id = @after)
                        OR (user_id < @after AND created_at = (SELECT a.created_at FROM users a WHERE a.user_id = @after)))
                    AND (@hasEmail IS NULL OR (@hasEmail = 1 AND email IS NOT NULL) OR (@hasEmail = 0 AND email IS NULL))
                    AND (@lower IS NULL OR normalized_email LIKE @upper ESCAPE '!' OR LOWER(display_name) LIKE @lower ESCAPE '!')
                ORDER BY created_at DESC, user_id DESC LIMIT @count
                """,
                new
                {
                    lower, upper, after, count, onlyRequests = onlyRequests ? 1 : 0, hasEmail = hasEmail is null
                    ? (int?)null : hasEmail.Value ? 1 : 0
                }),
            cancellationToken);
    }

    private static string Pattern(string search) =>
        $"%{Escaped(search, '!', '%', '_')}%";

    private static string Escaped(string text, params ReadOnlySpan<char> special)
    {
        foreach (var c in special)
            text = text.Replace($"{c}", $"!{c}", StringComparison.Ordinal);
        return text;
    }

    public Task<List<UserRole>> ListRolesAsync(IReadOnlyCollection<string> userIds, CancellationToken cancellationToken) =>
        database.ReadAsync(
        statements => statements.ListAsync<UserRole>(
            "SELECT user_id, role FROM user_roles WHERE user_id IN @userIds ORDER BY user_id, role", new { userIds }),
        cancellationToken);

    /// <summary>Returns the display names of payees, including deleted accounts.</summary>
    public Task<List<PayeeName>> ListNamesAsync(IReadOnlyCollection<string> payeeIds, CancellationToken cancellationToken) =>
        database.ReadForDisplayAsync(
            async statements =>
            {
                var found = new List<PayeeName>(payeeIds.Count);
                foreach (var some in payeeIds.Chunk(500))
                {
                    found.AddRange(await statements.ListAsync<PayeeName>(
                        "SELECT payee_id, display_name FROM users WHERE payee_id IN @some", new { some }));
                }

                return found;
            },
            cancellationToken);

    public sealed class PayeeName
    {
        public string PayeeId { get; init; } = "";

        public string DisplayName { get; init; } = "";
    }

    public sealed class UserRole
    {
        public string UserId { get; init; } = "";

        public string Role { get; init; } = "";
    }
}
