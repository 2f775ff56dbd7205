using Settlement.SampleHost.Database;

namespace Settlement.SampleHost.Content;

/// <summary>Reads and writes ads. Thread-safe.</summary>
internal sealed class AdTable(PlatformDatabase database)
{
    public Task<List<Ad>> ListAsync(string after, int count, CancellationToken cancellationToken) => database.ReadForDisplayAsync(
        statements => statements.ListAsync<Ad>(
            """
            SELECT a.ad_id, a.title, a.length_ms, a.source, (SELECT COUNT(*) FROM placements p WHERE p.ad_id = a.ad_id) AS placement_count
            FROM ads a WHERE a.deleted_at IS NULL AND a.ad_id > @after ORDER BY a.ad_id LIMIT @count
            """,
            new { after, count }),
        cancellationToken);

    /// <summary>
    /// Adds an ad and assigns it to placements without one. Does nothing if the id exists: the same form was submitted twice.
    /// </summary>
    public Task AddAsync(string adId, string title, long lengthMs, string? source, long now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                var isNew = await database.TryInsertAsync(
                    statements,
                    "INSERT INTO ads (ad_id, title, length_ms, source, created_at) VALUES (@adId, @title, @lengthMs, @source, @now)",
                    new { adId, title, lengthMs, source, now });
                if (isNew)
                    await statements.ExecuteAsync("UPDATE placements SET ad_id = @adId WHERE ad_id IS NULL", new { adId });
            },
            cancellationToken);

    /// <summary>Deletes an ad and assigns its placements to the other ads.</summary>
    public Task<bool> TryDeleteAsync(string adId, long now, CancellationToken cancellationToken) => database.WriteAsync(
        async statements =>
        {
            var deleted = await statements.ExecuteAsync(
                "UPDATE ads SET deleted_at = @now WHERE ad_id = @adId AND deleted_at IS NULL", new { adId, now });
            if (deleted == 0)
                return false;
            var placements = await statements.ListAsync<string>(
                "SELECT item_id FROM placements WHERE ad_id = @adId ORDER BY item_id", new { adId });
            foreach (var assigned in PlacementRule.Assign(placements, await ListUsesAsync(statements)).GroupBy(d => d.AdId))
            {
                foreach (var some in assigned.Select(d => d.ItemId).Chunk(500))
                    await statements.ExecuteAsync("UPDATE placements SET ad_id = @Key WHERE item_id IN @some", new { assigned.Key, some });
            }

            return true;
        },
        cancellationToken);

    /// <summary>Returns the number of placements per ad, in the order of registration.</summary>
    public static Task<List<AdUse>> ListUsesAsync(Sql statements) => statements.ListAsync<AdUse>("""
        SELECT a.ad_id, (SELECT COUNT(*) FROM placements p WHERE p.ad_id = a.ad_id) AS placement_count
        FROM ads a WHERE a.deleted_at IS NULL ORDER BY a.created_at, a.ad_id
        """);
}
