using Settlement.SampleHost.Database;

namespace Settlement.SampleHost.Hosting;

internal sealed class KeptAnswer
{
    public string RequestHash { get; init; } = "";

    /// <summary>The status of an answer that nobody knows: the request may have been done.</summary>
    public const long UnknownStatus = 0;

    /// <summary>Null while the first request is under way.</summary>
    public long? Status { get; init; }

    public string? ContentType { get; init; }

    public string? Location { get; init; }

    public string? Body { get; init; }

    public long CreatedAt { get; init; }
}

/// <summary>The statements about answers that are kept for a repeated key. Thread-safe.</summary>
internal sealed class KeptAnswers(PlatformDatabase database)
{
    private const long KeptUs = 24L * 3_600 * 1_000_000;

    /// <summary>Begins a request, and clears away what is too old.</summary>
    /// <returns>Null when it is the first of its key; else what the first one came to.</returns>
    public Task<KeptAnswer?> TryBeginAsync(string scope, string requestHash, long now, CancellationToken cancellationToken) => database.WriteAsync(
        async sql =>
        {
            await sql.ExecuteAsync("DELETE FROM idempotency_keys WHERE created_at < @before", new { before = now - KeptUs });
            var isFirst = await database.TryInsertAsync(
                sql, "INSERT INTO idempotency_keys (scope, request_hash, created_at) VALUES (@scope, @requestHash, @now)", new { scope, requestHash, now });
            if (isFirst)
                return null;
            return await sql.FindAsync<KeptAnswer>(
                "SELECT request_hash, status, content_type, location, body, created_at FROM idempotency_keys WHERE scope = @scope", new { scope });
        },
        cancellationToken);

    // The request is done: what came of it is kept, whoever went away meanwhile.
    public Task KeepAsync(string scope, KeptAnswer answer) => database.WriteAsync(
        sql => sql.ExecuteAsync(
            "UPDATE idempotency_keys SET status = @Status, content_type = @ContentType, location = @Location, body = @Body WHERE scope = @scope",
            new { scope, answer.Status, answer.ContentType, answer.Location, answer.Body }),
        CancellationToken.None);

    public Task ForgetAsync(string scope) => database.WriteAsync(
        sql => sql.ExecuteAsync("DELETE FROM idempotency_keys WHERE scope = @scope AND status IS NULL", new { scope }), CancellationToken.None);
}
