using Settlement.SampleHost.Database;

namespace Settlement.SampleHost.Hosting;

/// <summary>The stored response to a write with an Idempotency-Key.</summary>
internal sealed class StoredResponse
{
    public string RequestHash { get; init; } = "";

    /// <summary>The status of a request whose outcome is unknown: it may have been executed.</summary>
    public const long OutcomeUnknown = 0;

    /// <summary>The HTTP status, or <see cref="OutcomeUnknown"/>; null while the first request is in progress.</summary>
    public long? Status { get; init; }

    public string? ContentType { get; init; }

    public string? Location { get; init; }

    public string? Body { get; init; }

    public long CreatedAt { get; init; }
}

/// <summary>Stores responses to writes with an Idempotency-Key for a day. Thread-safe.</summary>
internal sealed class IdempotencyStore(PlatformDatabase database)
{
    private const long RetentionUs = 24L * 3_600 * 1_000_000;

    /// <summary>Records the start of a request and deletes expired rows.</summary>
    /// <returns>Null for the first request of its key; otherwise the stored response of the first request.</returns>
    public Task<StoredResponse?> TryBeginAsync(string scope, string requestHash, long now, CancellationToken cancellationToken) =>
        database.WriteAsync(
        async sql =>
        {
            await sql.ExecuteAsync("DELETE FROM idempotency_keys WHERE created_at < @before", new { before = now - RetentionUs });
            var isFirst = await database.TryInsertAsync(
                sql, "INSERT INTO idempotency_keys (scope, request_hash, created_at) VALUES (@scope, @requestHash, @now)",
                new { scope, requestHash, now });
            if (isFirst)
                return null;
            return await sql.FindAsync<StoredResponse>(
                "SELECT request_hash, status, content_type, location, body, created_at FROM idempotency_keys WHERE scope = @scope",
                new { scope });
        },
        cancellationToken);

    // Without the caller's token: the write is committed, so its response is stored even if the caller has disconnected.
    public Task SaveAsync(string scope, StoredResponse response) => database.WriteAsync(
        sql => sql.ExecuteAsync(
            "UPDATE idempotency_keys SET status = @Status, content_type = @ContentType, location = @Location, "
                + "body = @Body WHERE scope = @scope",
            new { scope, response.Status, response.ContentType, response.Location, response.Body }),
        CancellationToken.None);

    public Task RemoveAsync(string scope) => database.WriteAsync(
        sql => sql.ExecuteAsync("DELETE FROM idempotency_keys WHERE scope = @scope AND status IS NULL", new { scope }),
        CancellationToken.None);
}
