using System.Data.Common;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Users;
using Settlements;

namespace Settlement.SampleHost.Uploads;

/// <summary>
/// Receives, finds and deletes uploaded files. A row reserves the size before the file is received, so that concurrent uploads don't exceed
/// the quota. Thread-safe.
/// </summary>
internal sealed partial class UploadStore(
    UploadTable table, UploadFolder folder, UploadOptions options, TimeProvider clock, ILogger<UploadStore> logger)
{
    /// <summary>Receives a file.</summary>
    /// <param name="owner">The creator.</param>
    /// <param name="contentType">The declared content type; the content is compared with it.</param>
    /// <param name="length">The declared length in bytes; null if unknown, and then the maximum is reserved.</param>
    /// <param name="content">The content.</param>
    /// <param name="cancellationToken">Cancels the call; nothing remains then.</param>
    /// <exception cref="PlatformException">The file is not accepted.</exception>
    public async Task<Upload> ReceiveAsync(
        Caller owner, string? contentType, long? length, Stream content, CancellationToken cancellationToken)
    {
        var format = FileFormat.OfContentType(contentType) ?? throw UploadErrors.UnknownType();
        var bytesMax = options.BytesMax(format);
        if (length > bytesMax)
            throw UploadErrors.TooLarge(bytesMax);
        var (ownerId, fileName, now) = (owner.RequireUserId(), Upload.NewName(format), UnixMicroseconds.From(clock.GetUtcNow()));
        if (!await table.TryReserveAsync(fileName, ownerId, format, length ?? bytesMax, options.QuotaBytes, now, cancellationToken))
            throw UploadErrors.QuotaExceeded(await table.SumAsync(ownerId, cancellationToken), options.QuotaBytes);
        try
        {
            var bytes = await folder.WriteAsync(fileName, format, content, cancellationToken);
            if (!await table.TryCompleteAsync(fileName, bytes, CancellationToken.None))
                throw UploadErrors.TooSlow();
            return new Upload { FileName = fileName, ContentType = format.ContentType, Bytes = bytes, OwnerId = ownerId, CreatedAt = now };
        }
        catch
        {
            await RemoveAsync(fileName);
            throw;
        }
    }

    /// <summary>Returns the file for a caller; null if there is none, or the caller must not read it.</summary>
    public async Task<Upload?> FindAsync(Caller caller, string fileName, CancellationToken cancellationToken)
    {
        if (!Upload.IsName(fileName) || await table.FindAsync(fileName, cancellationToken) is not { } upload)
            return null;
        return upload.Visibility is Content.Visibility.Public or Content.Visibility.Unlisted
            || upload.OwnerId == caller.UserId || (caller.IsAdmin && upload.VideoId is not null)
            ? upload
            : null;
    }

    /// <summary>Returns the path of the content.</summary>
    public string PathOf(Upload upload) => folder.PathOf(upload.FileName);

    /// <summary>Returns the storage of a creator with its limits.</summary>
    public async Task<Storage> ReadStorageAsync(Caller owner, CancellationToken cancellationToken) => new(
        await table.SumAsync(owner.RequireUserId(), cancellationToken), options.QuotaBytes, options.VideoBytesMax,
        options.ThumbnailBytesMax);

    /// <summary>
    /// Deletes files that no video uses any more, and those of interrupted and abandoned uploads. Instances may do this concurrently.
    /// </summary>
    /// <returns>The number of deleted files.</returns>
    public async Task<int> CleanUpAsync(CancellationToken cancellationToken)
    {
        var limit = clock.GetUtcNow() - options.AbandonedAfter;
        var unused = await table.ReleaseUnusedAsync(UnixMicroseconds.From(limit), cancellationToken);
        await DeleteAsync(unused, cancellationToken);

        // Files without a row remain when a database is replaced.
        var old = folder.List(writtenBefore: limit);
        var known = await table.ListKnownAsync(old, cancellationToken);
        var unknown = old.Where(name => !known.Contains(name)).ToList();
        unknown.ForEach(folder.Delete);
        return unused.Count + unknown.Count;
    }

    /// <summary>
    /// Deletes the files that a change of a creator's video has released, after its commit. A failure is logged; the clean-up then deletes
    /// them, and until then they count.
    /// </summary>
    public async Task DeleteReleasedAsync(string ownerId)
    {
        try
        {
            await DeleteAsync(await table.ListReleasedAsync(ownerId, CancellationToken.None), CancellationToken.None);
        }
        catch (Exception e) when (e is DbException or IOException or UnauthorizedAccessException)
        {
            LogNotDeleted(ownerId, e);
        }
    }

    /// <summary>Deletes released files and then their rows: a file counts until it is deleted, also when the process ends in between.</summary>
    private async Task DeleteAsync(List<string> released, CancellationToken cancellationToken)
    {
        foreach (var fileName in released)
        {
            folder.Delete(fileName);
            await table.RemoveAsync(fileName, cancellationToken);
        }
    }

    private async Task RemoveAsync(string fileName)
    {
        try
        {
            folder.Delete(fileName);
            await table.RemoveAsync(fileName, CancellationToken.None);
        }
        catch (Exception e) when (e is DbException or IOException or UnauthorizedAccessException)
        {
            LogNotRemoved(fileName, e);
        }
    }

    [LoggerMessage(EventId = 311, Level = LogLevel.Warning,
        Message = "Could not remove the rejected upload {FileName}; it is removed later, with the abandoned files.")]
    private partial void LogNotRemoved(string fileName, Exception exception);

    [LoggerMessage(EventId = 312, Level = LogLevel.Warning,
        Message = "Could not delete the unused files of account {OwnerId}; they are deleted later, with the abandoned files.")]
    private partial void LogNotDeleted(string ownerId, Exception exception);
}

/// <summary>The storage of a creator.</summary>
/// <param name="UsedBytes">The total size of the files, including those being received and those not deleted yet.</param>
/// <param name="QuotaBytes">The maximum total size.</param>
/// <param name="VideoBytesMax">The maximum size of a video.</param>
/// <param name="ThumbnailBytesMax">The maximum size of a thumbnail.</param>
public sealed record Storage(long UsedBytes, long QuotaBytes, long VideoBytesMax, long ThumbnailBytesMax);
