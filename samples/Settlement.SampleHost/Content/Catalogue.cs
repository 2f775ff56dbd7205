using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Uploads;
using Settlement.SampleHost.Users;
using Settlements;

namespace Settlement.SampleHost.Content;

/// <summary>Registers, changes and deletes videos and ads, with authorisation. Thread-safe.</summary>
internal sealed class Catalogue(VideoTable videos, AdTable ads, UploadStore uploads, TimeProvider clock)
{
    private long Now => UnixMicroseconds.From(clock.GetUtcNow());

    private async Task<Video> FindAsync(string videoId, CancellationToken cancellationToken) =>
        await videos.FindAsync(videoId, cancellationToken) ?? throw PlatformException.NotFound("video", videoId);

    /// <summary>Returns a video that the caller may play.</summary>
    public async Task<Video> FindAsync(Caller caller, string videoId, CancellationToken cancellationToken) =>
        Require(caller, videoId, await videos.FindAsync(videoId, cancellationToken));

    /// <summary>Returns a video that the caller may play for display, possibly stale.</summary>
    public async Task<Video> FindForDisplayAsync(Caller caller, string videoId, CancellationToken cancellationToken) =>
        Require(caller, videoId, await videos.FindForDisplayAsync(videoId, cancellationToken));

    /// <summary>Whether an account may find and play a video by its id.</summary>
    public static bool IsVisible(Video video, string? userId, bool isAdmin) =>
        video.Visibility is Visibility.Public or Visibility.Unlisted || video.OwnerId == userId || isAdmin;

    public async Task<IReadOnlyList<Placement>> ListPlacementsAsync(string videoId, CancellationToken cancellationToken) =>
        await videos.ListPlacementsAsync(videoId, cancellationToken);

    /// <summary>Returns the number of ads per video, in one query; a video without ads is missing.</summary>
    public Task<IReadOnlyDictionary<string, long>> CountAdsAsync(IEnumerable<Video> listed, CancellationToken cancellationToken) =>
        videos.CountAdsAsync([.. listed.Select(v => v.VideoId)], cancellationToken);

    /// <summary>Returns videos, newest first.</summary>
    /// <param name="ownerId">The owner, for all of the owner's videos; null for the public videos of all.</param>
    /// <param name="search">A part of the title or the channel; null or empty for all videos.</param>
    /// <param name="after">The key of the last video of the previous page; null for the first page.</param>
    /// <param name="count">The maximum number of videos.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<IReadOnlyList<Video>> ListAsync(
        string? ownerId, string? search, string? after, int count, CancellationToken cancellationToken)
    {
        var (at, id) = (long.MaxValue, "");
        if (!string.IsNullOrEmpty(after))
        {
            var cut = after.IndexOf('_', StringComparison.Ordinal);
            if (cut < 1 || !long.TryParse(after.AsSpan(0, cut), NumberStyles.None, CultureInfo.InvariantCulture, out at))
                throw PlatformException.BadRequest($"after is '{after}'. Use the value of next from the previous page.");
            id = after[(cut + 1)..];
        }

        var pattern = string.IsNullOrWhiteSpace(search) ? null : $"%{EscapeLike(search.Trim().ToLowerInvariant())}%";
        return await videos.ListAsync(ownerId, pattern, at, id, count, cancellationToken);
    }

    /// <summary>Registers a video.</summary>
    /// <param name="creator">The owner.</param>
    /// <param name="draft">The properties of the video.</param>
    /// <param name="form">The id of the submitted form, so that a form submitted twice registers one video; null without a form.</param>
    /// <param name="cancellationToken">Cancels the call before the change.</param>
    public async Task<Video> RegisterAsync(Caller creator, Draft draft, string? form, CancellationToken cancellationToken)
    {
        if (!creator.IsCreator)
            throw PlatformException.Forbidden("Only creators can register videos. Request the role: POST /api/users/me/studio-request.");
        var values = DraftValidator.ValidateVideo(draft, before: null);
        var videoId = NewId(creator.RequireUserId(), form);
        await videos.AddAsync(videoId, creator.RequireUserId(), values, Now, cancellationToken);
        return await FindAsync(videoId, cancellationToken);
    }

    /// <summary>Changes a video. Counted usage and published lines stay; running plays keep the length at their start.</summary>
    public async Task<Video> EditAsync(Caller caller, string videoId, Draft draft, CancellationToken cancellationToken)
    {
        var before = await RequireOwnerAsync(caller, videoId, cancellationToken);
        var values = DraftValidator.ValidateVideo(draft, before);
        if (!await videos.TryUpdateAsync(videoId, before.OwnerId, values, cancellationToken))
            throw PlatformException.NotFound("video", videoId);
        await uploads.DeleteReleasedAsync(before.OwnerId);
        return await FindAsync(videoId, cancellationToken);
    }

    /// <summary>Deletes a video. It can't be played any more; published lines that refer to it stay.</summary>
    public async Task DeleteAsync(Caller caller, string videoId, CancellationToken cancellationToken)
    {
        var before = await RequireOwnerAsync(caller, videoId, cancellationToken);
        if (!await videos.TryDeleteAsync(videoId, Now, cancellationToken))
            throw PlatformException.NotFound("video", videoId);
        await uploads.DeleteReleasedAsync(before.OwnerId);
    }

    public async Task<IReadOnlyList<Ad>> ListAdsAsync(string? after, int count, CancellationToken cancellationToken) =>
        await ads.ListAsync(after ?? "", count, cancellationToken);

    /// <summary>Registers an ad.</summary>
    /// <param name="draft">The properties of the ad.</param>
    /// <param name="form">The id of the submitted form, so that a form submitted twice registers one ad; null without a form.</param>
    /// <param name="cancellationToken">Cancels the call before the change.</param>
    public async Task<Ad> RegisterAdAsync(Draft draft, string? form, CancellationToken cancellationToken)
    {
        var (title, lengthMs, source) = DraftValidator.ValidateAd(draft);
        var adId = NewId("ad", form);
        await ads.AddAsync(adId, title, lengthMs, source, Now, cancellationToken);
        return new Ad { AdId = adId, Title = title, LengthMs = lengthMs, Source = source };
    }

    public async Task DeleteAdAsync(string adId, CancellationToken cancellationToken)
    {
        if (!await ads.TryDeleteAsync(adId, Now, cancellationToken))
            throw PlatformException.NotFound("ad", adId);
    }

    private async Task<Video> RequireOwnerAsync(Caller caller, string videoId, CancellationToken cancellationToken)
    {
        var video = await FindAsync(caller, videoId, cancellationToken);
        return video.OwnerId == caller.RequireUserId() || caller.IsAdmin
            ? video
            : throw PlatformException.Forbidden("Only the owner or an admin can change a video.");
    }

    private static Video Require(Caller caller, string videoId, Video? video) =>
        video is not null && IsVisible(video, caller.UserId, caller.IsAdmin) ? video : throw PlatformException.NotFound("video", videoId);

    /// <summary>Creates an id; the same form always gives the same id, so that a form submitted twice is registered once.</summary>
    private string NewId(string owner, string? form) => string.IsNullOrEmpty(form)
        ? Guid.CreateVersion7(clock.GetUtcNow()).ToString("N")
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{owner}\n{form}")).AsSpan(0, 16));

    private static string EscapeLike(string text) => text.Replace("!", "!!", StringComparison.Ordinal)
        .Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal);
}
