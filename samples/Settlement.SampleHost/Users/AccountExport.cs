using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Settlement.SampleHost.Content;
using Settlement.SampleHost.Database;
using Settlement.SampleHost.Notifications;
using Settlement.SampleHost.Playback;
using Settlement.SampleHost.Reports;
using Settlement.SampleHost.Uploads;
using Settlements;

namespace Settlement.SampleHost.Users;

/// <summary>
/// Exports everything that is stored about an account as one JSON document. It is written while it is read, page by page, so an account of
/// any size needs little memory, and no connection is held while the client is slow. Without secrets: hashes of passwords and tokens are
/// left out. Scoped, like <see cref="Accounts"/>.
/// </summary>
internal sealed class AccountExport(
    Accounts accounts, UserTable users, LoginSessionTable sessions, NotificationTable notifications, PlatformDatabase database,
    Periods periods, SettlementEngine engine, TimeProvider clock, IOptions<JsonOptions> json)
{
    public const string ContentType = "application/json";

    private const int PageSize = 500;

    /// <summary>The size of a part that is sent.</summary>
    private const int FlushBytes = 32 * 1_024;

    /// <summary>Writes the document. Cancelled or failed, it is incomplete, which is invalid JSON.</summary>
    public async Task WriteAsync(Stream output, Caller caller, CancellationToken cancellationToken)
    {
        var userId = caller.RequireUserId();
        var account = await accounts.GetAsync(userId, cancellationToken);
        var stored = await users.FindAsync(userId, cancellationToken);
        var pipe = PipeWriter.Create(output, new StreamPipeWriterOptions(leaveOpen: true));
        await using var writer = new Utf8JsonWriter(pipe, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        Write(writer, "exportedAt", clock.GetUtcNow());
        Write(writer, "account", account);
        Write(writer, "emailVerifiedAt", Instant(stored?.EmailVerifiedAt));
        await WriteAsync(pipe, writer, "externalLogins", ListAsync<ExternalLoginRow>(
            "SELECT provider, provider_key, display_name FROM user_logins WHERE user_id = @userId ORDER BY provider, provider_key",
            userId), cancellationToken);
        await WriteAsync(
            pipe, writer, "logins", One(await sessions.ListAsync(userId, current: null, cancellationToken)), cancellationToken);
        await WriteAsync(pipe, writer, "knownBrowsers", PagesAsync<DeviceRow>(
            "SELECT device_id, seen_at FROM user_devices WHERE user_id = @userId AND device_id > @after ORDER BY device_id LIMIT @count",
            userId, d => d.DeviceId), cancellationToken);
        await WriteAsync(pipe, writer, "notifications", NotificationsAsync(userId), cancellationToken);
        await WriteAsync(pipe, writer, "videos", PagesAsync<VideoRow>(
            """
            SELECT video_id, title, length_ms, source, description, visibility, thumbnail, created_at, deleted_at FROM videos
            WHERE owner_id = @userId AND video_id > @after ORDER BY video_id LIMIT @count
            """,
            userId, v => v.VideoId), cancellationToken);
        await WriteAsync(pipe, writer, "uploads", PagesAsync<UploadRow>(
            """
            SELECT file_name, content_type, bytes, state, video_id, created_at FROM uploads
            WHERE owner_id = @userId AND file_name > @after ORDER BY file_name LIMIT @count
            """,
            userId, u => u.FileName), cancellationToken);
        await WriteAsync(pipe, writer, "plays", PlaysAsync($"{Caller.UserPrefix}{userId}"), cancellationToken);
        await WriteAsync(pipe, writer, "settlementLines", LinesAsync(account.PayeeId, cancellationToken), cancellationToken);
        writer.WriteEndObject();
        await writer.FlushAsync(cancellationToken);
        await pipe.CompleteAsync();
    }

    private void Write<T>(Utf8JsonWriter writer, string name, T value)
    {
        writer.WritePropertyName(name);
        JsonSerializer.Serialize(writer, value, json.Value.SerializerOptions);
    }

    private async Task WriteAsync<T>(
        PipeWriter pipe, Utf8JsonWriter writer, string name, IAsyncEnumerable<T> items, CancellationToken cancellationToken)
    {
        writer.WriteStartArray(name);
        await foreach (var item in items.WithCancellation(cancellationToken))
        {
            JsonSerializer.Serialize(writer, item, json.Value.SerializerOptions);
            if (pipe.UnflushedBytes < FlushBytes)
                continue;
            await writer.FlushAsync(cancellationToken);
            await pipe.FlushAsync(cancellationToken);
        }

        writer.WriteEndArray();
    }

    private async IAsyncEnumerable<T> ListAsync<T>(string sql, string userId)
    {
        foreach (var row in await database.ReadAsync(statements => statements.ListAsync<T>(sql, new { userId }), CancellationToken.None))
            yield return row;
    }

    /// <summary>Returns the rows of a statement that continues after a key, page by page.</summary>
    private async IAsyncEnumerable<T> PagesAsync<T>(string sql, string userId, Func<T, string> keyOf)
    {
        for (var after = ""; ;)
        {
            var page = await database.ReadAsync(
                statements => statements.ListAsync<T>(sql, new { userId, after, count = PageSize }), CancellationToken.None);
            foreach (var row in page)
                yield return row;
            if (page.Count < PageSize)
                yield break;
            after = keyOf(page[^1]);
        }
    }

    private static async IAsyncEnumerable<T> One<T>(IReadOnlyList<T> items)
    {
        await Task.CompletedTask;
        foreach (var item in items)
            yield return item;
    }

    private async IAsyncEnumerable<Notification> NotificationsAsync(string userId)
    {
        for (IReadOnlyList<Notification> page = []; ;)
        {
            page = await notifications.ListAsync(
                userId, onlyUnread: false, page.Count == 0 ? null : page[^1].Id, PageSize, CancellationToken.None);
            foreach (var notification in page)
                yield return notification;
            if (page.Count < PageSize)
                yield break;
        }
    }

    /// <summary>Returns the plays of a viewer, by id. Each page continues the scan of the table where the previous one ended.</summary>
    private async IAsyncEnumerable<PlayRow> PlaysAsync(string viewer)
    {
        for (var after = ""; ;)
        {
            var page = await database.ReadAsync(
                statements => statements.ListAsync<Play>(
                    """
                    SELECT play_id, video_id, view_state, viewed_at, start_ms, furthest_ms, position_ms, started_at, reported_at FROM plays
                    WHERE viewer = @viewer AND play_id > @after ORDER BY play_id LIMIT @count
                    """,
                    new { viewer, after, count = PageSize }),
                CancellationToken.None);
            foreach (var play in page)
            {
                yield return new PlayRow(
                    play.PlayId, play.VideoId, play.ViewState, Instant(play.ViewedAt), play.StartMs / 1_000m, play.FurthestMs / 1_000m,
                    play.PositionMs / 1_000m, UnixMicroseconds.ToInstant(play.StartedAt), UnixMicroseconds.ToInstant(play.ReportedAt));
            }

            if (page.Count < PageSize)
                yield break;
            after = page[^1].PlayId;
        }
    }

    private async IAsyncEnumerable<ReportRoutes.Line> LinesAsync(
        string payeeId, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await periods.FindClosedAsync(cancellationToken) is not { } closed)
            yield break;
        await foreach (var line in engine.Lines.ReadAsync(closed, new ItemFilter(payeeId: payeeId), cancellationToken))
        {
            if (line.Price is not null)
                yield return ReportRoutes.Line.Of(line);
        }
    }

    private static DateTimeOffset? Instant(long? microseconds) => microseconds is { } at ? UnixMicroseconds.ToInstant(at) : null;

    private sealed record PlayRow(
        string PlayId, string VideoId, PlayView View, DateTimeOffset? ViewedAt, decimal StartSeconds, decimal FurthestSeconds,
        decimal PositionSeconds, DateTimeOffset StartedAt, DateTimeOffset ReportedAt);

    private sealed class ExternalLoginRow
    {
        public string Provider { get; init; } = "";

        public string ProviderKey { get; init; } = "";

        public string? DisplayName { get; init; }
    }

    private sealed class DeviceRow
    {
        public string DeviceId { get; init; } = "";

        [System.Text.Json.Serialization.JsonIgnore]
        public long SeenAt { get; init; }

        [System.Text.Json.Serialization.JsonPropertyName("lastLoginAt")]
        public DateTimeOffset SeenOn => UnixMicroseconds.ToInstant(SeenAt);
    }

    private sealed class VideoRow
    {
        public string VideoId { get; init; } = "";

        public string Title { get; init; } = "";

        [System.Text.Json.Serialization.JsonIgnore]
        public long LengthMs { get; init; }

        public decimal LengthSeconds => LengthMs / 1_000m;

        public string? Source { get; init; }

        public string Description { get; init; } = "";

        public Visibility Visibility { get; init; }

        public string? Thumbnail { get; init; }

        [System.Text.Json.Serialization.JsonIgnore]
        public long CreatedAt { get; init; }

        [System.Text.Json.Serialization.JsonPropertyName("createdAt")]
        public DateTimeOffset CreatedOn => UnixMicroseconds.ToInstant(CreatedAt);

        [System.Text.Json.Serialization.JsonIgnore]
        public long? DeletedAt { get; init; }

        [System.Text.Json.Serialization.JsonPropertyName("deletedAt")]
        public DateTimeOffset? DeletedOn => Instant(DeletedAt);
    }

    private sealed class UploadRow
    {
        [System.Text.Json.Serialization.JsonIgnore]
        public string FileName { get; init; } = "";

        public string Address => Upload.PathPrefix + FileName;

        public string ContentType { get; init; } = "";

        public long Bytes { get; init; }

        public UploadState State { get; init; }

        public string? VideoId { get; init; }

        [System.Text.Json.Serialization.JsonIgnore]
        public long CreatedAt { get; init; }

        [System.Text.Json.Serialization.JsonPropertyName("createdAt")]
        public DateTimeOffset CreatedOn => UnixMicroseconds.ToInstant(CreatedAt);
    }
}
