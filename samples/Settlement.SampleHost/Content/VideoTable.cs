using Settlement.SampleHost.Database;
using Settlement.SampleHost.Uploads;

namespace Settlement.SampleHost.Content;

/// <summary>Reads and writes videos and their placements. Thread-safe.</summary>
internal sealed class VideoTable(PlatformDatabase database)
{
    private const string Columns =
        "v.video_id, v.title, v.length_ms, v.source, v.description, v.visibility, v.thumbnail, v.owner_id, u.display_name AS owner_name, "
            + "u.payee_id, v.created_at";

    public Task<Video?> FindAsync(string videoId, CancellationToken cancellationToken) =>
        database.ReadAsync(statements => FindAsync(statements, videoId), cancellationToken);

    /// <summary>
    /// Returns a video for display. If a replica does not have it yet, reads from the primary, so that links to new videos work
    /// immediately.
    /// </summary>
    public async Task<Video?> FindForDisplayAsync(string videoId, CancellationToken cancellationToken) =>
        await database.ReadForDisplayAsync(statements => FindAsync(statements, videoId), cancellationToken)
            ?? await FindAsync(videoId, cancellationToken);

    /// <summary>Returns videos, newest first: without an owner the public ones, otherwise all of the owner.</summary>
    public Task<List<Video>> ListAsync(
        string? ownerId, string? search, long beforeAt, string beforeId, int count, CancellationToken cancellationToken) =>
        database.ReadForDisplayAsync(
            statements => statements.ListAsync<Video>(
                $"""
                SELECT {Columns} FROM videos v JOIN users u ON u.user_id = v.owner_id
                WHERE v.deleted_at IS NULL AND (v.created_at < @beforeAt OR (v.created_at = @beforeAt AND v.video_id < @beforeId))
                    AND (v.owner_id = @ownerId OR (@ownerId IS NULL AND v.visibility = 0))
                    AND (@search IS NULL OR LOWER(v.title) LIKE @search ESCAPE '!' OR LOWER(u.display_name) LIKE @search ESCAPE '!')
                ORDER BY v.created_at DESC, v.video_id DESC LIMIT @count
                """,
                new { ownerId, search, beforeAt, beforeId, count }),
            cancellationToken);

    /// <summary>Returns videos that a viewer has started, not finished, and may still play; the last played first.</summary>
    public Task<List<Video>> ListUnfinishedAsync(string viewer, string? userId, int count, CancellationToken cancellationToken) =>
        database.ReadForDisplayAsync(
            statements => statements.ListAsync<Video>(
                $"""
                SELECT {Columns}, p.position_ms AS resume_ms
                FROM viewings w JOIN plays p ON p.play_id = w.play_id
                    JOIN videos v ON v.video_id = w.video_id JOIN users u ON u.user_id = v.owner_id
                WHERE w.viewer = @viewer AND p.state <> @ended AND p.position_ms > 0 AND p.position_ms < v.length_ms
                    AND v.deleted_at IS NULL AND (v.visibility <> @hidden OR v.owner_id = @userId)
                ORDER BY p.reported_at DESC, v.video_id LIMIT @count
                """,
                new { viewer, userId, count, ended = (long)Playback.PlayStage.Ended, hidden = (long)Visibility.Private }),
            cancellationToken);

    /// <summary>Returns videos by id, including deleted ones: published lines refer to them.</summary>
    public Task<List<Video>> ListByIdAsync(
        IReadOnlyCollection<string> videoIds, CancellationToken cancellationToken) => database.ReadForDisplayAsync(
        async statements =>
        {
            var found = new List<Video>(videoIds.Count);
            foreach (var some in videoIds.Chunk(500))
            {
                found.AddRange(await statements.ListAsync<Video>(
                    $"SELECT {Columns} FROM videos v JOIN users u ON u.user_id = v.owner_id WHERE v.video_id IN @some", new { some }));
            }

            return found;
        },
        cancellationToken);

    /// <summary>Returns the number of placements with an ad per video; a video without any is missing.</summary>
    public async Task<IReadOnlyDictionary<string, long>> CountAdsAsync(
        IReadOnlyCollection<string> videoIds, CancellationToken cancellationToken)
    {
        if (videoIds.Count == 0)
            return new Dictionary<string, long>();
        var counts = await database.ReadForDisplayAsync(
            statements => statements.ListAsync<AdCount>(
                """
                SELECT video_id, COUNT(*) AS ads FROM placements WHERE video_id IN @videoIds AND ad_id IS NOT NULL GROUP BY video_id
                """,
                new { videoIds }),
            cancellationToken);
        return counts.ToDictionary(c => c.VideoId, c => c.Ads, StringComparer.Ordinal);
    }

    public Task<List<Placement>> ListPlacementsAsync(string videoId, CancellationToken cancellationToken) => database.ReadAsync(
        statements => statements.ListAsync<Placement>(
            """
            SELECT p.item_id, p.position_ms, p.ad_id, a.title AS ad_title, a.source AS ad_source, COALESCE(a.length_ms, 0) AS ad_length_ms
            FROM placements p LEFT JOIN ads a ON a.ad_id = p.ad_id
            WHERE p.video_id = @videoId ORDER BY p.position_ms
            """,
            new { videoId }),
        cancellationToken);

    /// <summary>Adds a video. Does nothing if the id exists: the same form was submitted twice.</summary>
    public Task AddAsync(
        string videoId, string ownerId, VideoValues values, long now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                var isNew = await database.TryInsertAsync(
                    statements,
                    """
                    INSERT INTO videos (video_id, owner_id, title, length_ms, source, description, visibility, thumbnail, created_at)
                    VALUES (@videoId, @ownerId, @Title, @LengthMs, @Source, @Description, @visibility, @Thumbnail, @now)
                    """,
                    new
                    {
                        videoId, ownerId, values.Title, values.LengthMs, values.Source, values.Description,
                        visibility = (long)values.Visibility, values.Thumbnail, now,
                    });
                if (isNew)
                {
                    await PlaceAsync(statements, videoId, values.LengthMs);
                    await UploadTable.UseAsync(statements, videoId, ownerId, values.Source, values.Thumbnail);
                }
            },
            cancellationToken);

    public Task<bool> TryUpdateAsync(string videoId, string ownerId, VideoValues values, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                var found = await statements.ExecuteAsync(
                    """
                    UPDATE videos SET title = @Title, length_ms = @LengthMs, source = @Source, description = @Description,
                        visibility = @visibility, thumbnail = @Thumbnail
                    WHERE video_id = @videoId AND deleted_at IS NULL
                    """,
                    new
                    {
                        videoId, values.Title, values.LengthMs, values.Source, values.Description, visibility = (long)values.Visibility,
                        values.Thumbnail,
                    });

                // A video deleted concurrently gets no placements: they would distort the assignment of ads.
                if (found > 0)
                {
                    await PlaceAsync(statements, videoId, values.LengthMs);
                    await UploadTable.UseAsync(statements, videoId, ownerId, values.Source, values.Thumbnail);
                }

                return found > 0;
            },
            cancellationToken);

    public Task<bool> TryDeleteAsync(string videoId, long now, CancellationToken cancellationToken) => database.WriteAsync(
        async statements =>
        {
            await statements.ExecuteAsync("DELETE FROM placements WHERE video_id = @videoId", new { videoId });
            var found = await statements.ExecuteAsync(
                "UPDATE videos SET deleted_at = @now WHERE video_id = @videoId AND deleted_at IS NULL", new { videoId, now });
            await UploadTable.ReleaseAsync(statements, videoId);
            return found > 0;
        },
        cancellationToken);

    private static Task<Video?> FindAsync(Sql statements, string videoId) => statements.FindAsync<Video>(
        $"SELECT {Columns} FROM videos v JOIN users u ON u.user_id = v.owner_id WHERE v.video_id = @videoId AND v.deleted_at IS NULL",
        new { videoId });

    /// <summary>Adds and deletes placements according to the length; existing placements keep their ads.</summary>
    private static async Task PlaceAsync(Sql statements, string videoId, long lengthMs)
    {
        await statements.ExecuteAsync(
            "DELETE FROM placements WHERE video_id = @videoId AND position_ms >= @lengthMs", new { videoId, lengthMs });
        var existing = await statements.ListAsync<string>("SELECT item_id FROM placements WHERE video_id = @videoId", new { videoId });
        var missing = PlacementRule.Numbers(lengthMs).Where(n => !existing.Contains(PlacementRule.ItemId(videoId, n))).ToList();
        if (missing.Count == 0)
            return;
        var assigned = PlacementRule.Assign(missing.Select(n => PlacementRule.ItemId(videoId, n)), await AdTable.ListUsesAsync(statements));
        await statements.ExecuteAsync(
            "INSERT INTO placements (item_id, video_id, position_ms, ad_id) VALUES (@ItemId, @videoId, @position, @AdId)",
            missing.Zip(assigned, (n, d) => new { d.ItemId, videoId, position = PlacementRule.PositionMs(n), d.AdId }));
    }

    private sealed class AdCount
    {
        public string VideoId { get; init; } = "";

        public long Ads { get; init; }
    }
}
