using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Users;
using Settlements;

namespace Settlement.SampleHost.Content;

/// <summary>Videos and ads: who may register, change and delete which. Thread-safe.</summary>
internal sealed class Catalogue(VideoTable videos, AdTable ads, TimeProvider clock)
{
    private long Now => UnixMicroseconds.From(clock.GetUtcNow());

    public async Task<Video> FindAsync(string videoId, CancellationToken cancellationToken) =>
        await videos.FindAsync(videoId, cancellationToken) ?? throw PlatformException.NotFound("video", videoId);

    /// <summary>The same to be shown: perhaps a little old.</summary>
    public async Task<Video> FindForDisplayAsync(string videoId, CancellationToken cancellationToken) =>
        await videos.FindForDisplayAsync(videoId, cancellationToken) ?? throw PlatformException.NotFound("video", videoId);

    public async Task<IReadOnlyList<Placement>> ListPlacementsAsync(string videoId, CancellationToken cancellationToken) =>
        await videos.ListPlacementsAsync(videoId, cancellationToken);

    /// <summary>Videos, the newest first.</summary>
    /// <param name="ownerId">Only this account's; null for everybody's.</param>
    /// <param name="search">Only those whose title or channel has this; null or empty for all.</param>
    /// <param name="after">The key of the last one of the page before; null for the first page.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async Task<IReadOnlyList<Video>> ListAsync(string? ownerId, string? search, string? after, int count, CancellationToken cancellationToken)
    {
        var (at, id) = (long.MaxValue, "");
        if (!string.IsNullOrEmpty(after))
        {
            var cut = after.IndexOf('_', StringComparison.Ordinal);
            if (cut < 1 || !long.TryParse(after.AsSpan(0, cut), NumberStyles.None, CultureInfo.InvariantCulture, out at))
                throw PlatformException.BadRequest($"after is '{after}'. Use what the page before gave as next.");
            id = after[(cut + 1)..];
        }

        var pattern = string.IsNullOrWhiteSpace(search) ? null : $"%{Escaped(search.Trim().ToLowerInvariant())}%";
        return await videos.ListAsync(ownerId, pattern, at, id, count, cancellationToken);
    }

    /// <param name="creator">Whose video it is.</param>
    /// <param name="draft">What it is to be.</param>
    /// <param name="form">The form that it was typed into, which may be sent twice; null for none.</param>
    /// <param name="cancellationToken">Stops before the change.</param>
    public async Task<Video> RegisterAsync(Caller creator, Draft draft, string? form, CancellationToken cancellationToken)
    {
        if (!creator.IsCreator)
            throw PlatformException.Forbidden("Only creators register videos. Ask to become one: POST /api/users/me/studio-request.");
        var (title, lengthMs, source) = DraftValidator.ValidateVideo(draft);
        var videoId = NewId(creator.RequireUserId(), form);
        await videos.AddAsync(videoId, creator.RequireUserId(), title, lengthMs, source, Now, cancellationToken);
        return await FindAsync(videoId, cancellationToken);
    }

    /// <summary>Changes a video. What was counted and settled stays as it is; plays under way keep the length they began with.</summary>
    public async Task<Video> EditAsync(Caller caller, string videoId, Draft draft, CancellationToken cancellationToken)
    {
        await RequireOwnAsync(caller, videoId, cancellationToken);
        var (title, lengthMs, source) = DraftValidator.ValidateVideo(draft);
        if (!await videos.TryUpdateAsync(videoId, title, lengthMs, source, cancellationToken))
            throw PlatformException.NotFound("video", videoId);
        return await FindAsync(videoId, cancellationToken);
    }

    /// <summary>Deletes a video. It is played no more; what was settled stays, and names it.</summary>
    public async Task DeleteAsync(Caller caller, string videoId, CancellationToken cancellationToken)
    {
        await RequireOwnAsync(caller, videoId, cancellationToken);
        if (!await videos.TryDeleteAsync(videoId, Now, cancellationToken))
            throw PlatformException.NotFound("video", videoId);
    }

    public async Task<IReadOnlyList<Ad>> ListAdsAsync(string? after, int count, CancellationToken cancellationToken) =>
        await ads.ListAsync(after ?? "", count, cancellationToken);

    /// <param name="draft">What the ad is to be.</param>
    /// <param name="form">The form that it was typed into, which may be sent twice; null for none.</param>
    /// <param name="cancellationToken">Stops before the change.</param>
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

    private async Task RequireOwnAsync(Caller caller, string videoId, CancellationToken cancellationToken)
    {
        var video = await FindAsync(videoId, cancellationToken);
        if (video.OwnerId != caller.RequireUserId() && !caller.IsAdmin)
            throw PlatformException.Forbidden("A video is changed by its owner, or by an admin.");
    }

    /// <summary>A new id; of a form always the same one, so that what is sent twice is registered once.</summary>
    private string NewId(string owner, string? form) => string.IsNullOrEmpty(form)
        ? Guid.CreateVersion7(clock.GetUtcNow()).ToString("N")
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{owner}\n{form}")).AsSpan(0, 16));

    private static string Escaped(string text) => text.Replace("!", "!!", StringComparison.Ordinal)
        .Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal);
}
