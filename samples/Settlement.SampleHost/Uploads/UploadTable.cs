using Settlement.SampleHost.Database;
using Settlement.SampleHost.Hosting;

namespace Settlement.SampleHost.Uploads;

/// <summary>Reads and writes the rows of uploaded files. Thread-safe.</summary>
internal sealed class UploadTable(PlatformDatabase database)
{
    /// <summary>Replaced files, and those of deleted videos, count too: their rows are deleted after them.</summary>
    private const string Used = "SELECT COALESCE(SUM(bytes), 0) FROM uploads WHERE owner_id = @ownerId";

    /// <summary>Returns the total size of a creator's files, including those being received, in bytes.</summary>
    public Task<long> SumAsync(string ownerId, CancellationToken cancellationToken) =>
        database.ReadAsync(statements => statements.FindAsync<long>(Used, new { ownerId }), cancellationToken);

    /// <summary>Adds the row of a file that is going to be received, and reserves its size.</summary>
    /// <returns>False, without a change, if the owner's files would exceed the quota.</returns>
    public Task<bool> TryReserveAsync(
        string fileName, string ownerId, FileFormat format, long bytes, long quota, long now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async statements =>
            {
                // Locks the owner's row until the commit: concurrent uploads see each other's reservations.
                await statements.ExecuteAsync("UPDATE users SET user_id = user_id WHERE user_id = @ownerId", new { ownerId });
                if (await statements.FindAsync<long>(Used, new { ownerId }) + bytes > quota)
                    return false;
                await statements.ExecuteAsync(
                    """
                    INSERT INTO uploads (file_name, owner_id, is_video, content_type, bytes, state, created_at)
                    VALUES (@fileName, @ownerId, @isVideo, @ContentType, @bytes, 0, @now)
                    """,
                    new { fileName, ownerId, isVideo = format.IsVideo ? 1 : 0, format.ContentType, bytes, now });
                return true;
            },
            cancellationToken);

    /// <summary>Records that a file is complete, with its size.</summary>
    /// <returns>False if its row was deleted, because it took longer than the limit of abandoned files.</returns>
    public Task<bool> TryCompleteAsync(string fileName, long bytes, CancellationToken cancellationToken) => database.WriteAsync(
        async statements => await statements.ExecuteAsync(
            "UPDATE uploads SET state = 1, bytes = @bytes WHERE file_name = @fileName AND state = 0", new { fileName, bytes }) > 0,
        cancellationToken);

    public Task RemoveAsync(string fileName, CancellationToken cancellationToken) => database.WriteAsync(
        statements => statements.ExecuteAsync("DELETE FROM uploads WHERE file_name = @fileName", new { fileName }), cancellationToken);

    /// <summary>Returns a complete file that is neither replaced nor of a deleted video; null if there is none.</summary>
    public Task<Upload?> FindAsync(string fileName, CancellationToken cancellationToken) => database.ReadAsync(
        statements => statements.FindAsync<Upload>(
            """
            SELECT f.file_name, f.content_type, f.bytes, f.video_id, f.owner_id, f.created_at, v.visibility
            FROM uploads f LEFT JOIN videos v ON v.video_id = f.video_id
            WHERE f.file_name = @fileName AND f.state IN (1, 2) AND v.deleted_at IS NULL
            """,
            new { fileName }),
        cancellationToken);

    /// <summary>
    /// Assigns the files of a saved video to it, within the caller's transaction, and releases those that it no longer uses.
    /// </summary>
    /// <exception cref="PlatformException">An address is not that of an unused file of the owner, or of the right kind.</exception>
    public static async Task UseAsync(Sql statements, string videoId, string ownerId, string? source, string? thumbnail)
    {
        var (video, picture) = (Upload.NameOf(source), Upload.NameOf(thumbnail));
        await statements.ExecuteAsync(
            "UPDATE uploads SET state = 3, video_id = NULL WHERE video_id = @videoId AND file_name <> @video AND file_name <> @picture",
            new { videoId, video = video ?? "", picture = picture ?? "" });
        var errors = new FieldErrors();
        foreach (var (field, fileName, isVideo) in ((string, string?, int)[])[("source", video, 1), ("thumbnail", picture, 0)])
        {
            if (fileName is null)
                continue;
            var found = await statements.ExecuteAsync(
                """
                UPDATE uploads SET state = 2, video_id = @videoId
                WHERE file_name = @fileName AND owner_id = @ownerId AND is_video = @isVideo AND state IN (1, 2)
                    AND (video_id IS NULL OR video_id = @videoId)
                """,
                new { videoId, fileName, ownerId, isVideo });
            if (found == 0)
            {
                errors.Add(
                    field,
                    "The uploaded file was deleted because it was not used, or another video uses it. Upload it again.");
            }
        }

        errors.ThrowIfAny();
    }

    /// <summary>Releases the files of a deleted video, within the caller's transaction.</summary>
    public static Task ReleaseAsync(Sql statements, string videoId) => statements.ExecuteAsync(
        "UPDATE uploads SET state = 3, video_id = NULL WHERE video_id = @videoId", new { videoId });

    /// <summary>Releases the files that were received before an instant and that no video uses.</summary>
    /// <returns>The names of all released files: their content can be deleted, and then their rows.</returns>
    public Task<List<string>> ReleaseUnusedAsync(long receivedBefore, CancellationToken cancellationToken) => database.WriteAsync(
        async statements =>
        {
            await statements.ExecuteAsync(
                """
                UPDATE uploads SET state = 3, video_id = NULL
                WHERE (state IN (0, 1) AND created_at < @receivedBefore) OR EXISTS (
                    SELECT 1 FROM videos v WHERE v.video_id = uploads.video_id AND v.deleted_at IS NOT NULL)
                """,
                new { receivedBefore });
            return await statements.ListAsync<string>("SELECT file_name FROM uploads WHERE state = 3");
        },
        cancellationToken);

    /// <summary>Returns the names of the released files of an owner.</summary>
    public Task<List<string>> ListReleasedAsync(string ownerId, CancellationToken cancellationToken) => database.ReadAsync(
        statements => statements.ListAsync<string>(
            "SELECT file_name FROM uploads WHERE owner_id = @ownerId AND state = 3", new { ownerId }),
        cancellationToken);

    /// <summary>Returns those of the names that have a row.</summary>
    public async Task<IReadOnlySet<string>> ListKnownAsync(IEnumerable<string> fileNames, CancellationToken cancellationToken)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var some in fileNames.Chunk(500))
        {
            known.UnionWith(await database.ReadAsync(
                statements => statements.ListAsync<string>("SELECT file_name FROM uploads WHERE file_name IN @some", new { some }),
                cancellationToken));
        }

        return known;
    }
}
