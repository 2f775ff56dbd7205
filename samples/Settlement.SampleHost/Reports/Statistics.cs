using Settlement.SampleHost.Content;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Users;
using Settlements;

namespace Settlement.SampleHost.Reports;

/// <summary>An entry of a ranking.</summary>
/// <param name="Rank">The rank, from 1.</param>
/// <param name="VideoId">The video.</param>
/// <param name="Title">The title; the id if the platform has no such video.</param>
/// <param name="ChannelName">The name of the channel.</param>
/// <param name="Quantity">Views or watched seconds.</param>
public sealed record RankedVideo(int Rank, string VideoId, string Title, string ChannelName, long Quantity);

/// <summary>The ranking of a period.</summary>
public sealed record Ranking(ReportPeriod Period, string By, IReadOnlyList<RankedVideo> Videos);

/// <summary>Reads rankings by views or watched time, of closed days or of an estimate. Thread-safe.</summary>
internal sealed class Statistics(SettlementEngine engine, VideoTable videos)
{
    public const int RanksMax = 100;

    public const string ByViews = "views";
    public const string BySeconds = "seconds";

    /// <summary>Returns the top videos of a period.</summary>
    /// <param name="period">The period.</param>
    /// <param name="by">views or seconds.</param>
    /// <param name="count">The number of ranks, 1 to 100.</param>
    /// <param name="payeeId">The payee, for all of the payee's videos; null for the public videos of all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<Ranking> TopAsync(ReportPeriod period, string by, int count, string? payeeId, CancellationToken cancellationToken)
    {
        if (count is < 1 or > RanksMax)
            throw PlatformException.BadRequest($"count is {count}. Use 1 to {RanksMax}.");
        var meter = by switch
        {
            ByViews => PlatformMeters.Views,
            BySeconds => PlatformMeters.Seconds,
            _ => throw PlatformException.BadRequest($"by is '{by}'. Use views or seconds."),
        };

        // Unlisted and private videos are left out; then more items are read, until there are enough.
        for (var read = count; ; read = Math.Min(read * 4, RankingReader.CountMax))
        {
            var items = await ReadAsync(period, meter, read, payeeId, cancellationToken);
            var titles = await VideoTitles.FindAsync(videos, items.Select(i => i.ItemId), cancellationToken);
            var listed = items.Where(i => payeeId is not null || titles.IsPublic(i.ItemId)).Take(count).ToList();
            if (listed.Count == count || items.Count < read || read == RankingReader.CountMax)
            {
                return new Ranking(period, by, [.. listed.Select((item, n) => new RankedVideo(
                    n + 1, item.ItemId, titles.Title(item.ItemId), titles.Channel(item.ItemId) ?? item.PayeeId, item.Quantity))]);
            }
        }
    }

    /// <summary>Returns the top public videos of an estimate of open days.</summary>
    /// <param name="period">The period.</param>
    /// <param name="by">views or seconds.</param>
    /// <param name="estimate">The estimate of the period's open days.</param>
    /// <param name="count">The number of ranks.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<Ranking> TopOfOpenAsync(
        ReportPeriod period, string by, OpenEstimate estimate, int count, CancellationToken cancellationToken)
    {
        var ranks = by == ByViews ? estimate.MostViewed : estimate.LongestWatched;
        var titles = await VideoTitles.FindAsync(videos, ranks.Select(r => r.VideoId), cancellationToken);
        return new Ranking(period, by, [.. ranks.Where(r => titles.IsPublic(r.VideoId)).Take(count).Select((rank, n) => new RankedVideo(
            n + 1, rank.VideoId, titles.Title(rank.VideoId), titles.Channel(rank.VideoId) ?? rank.PayeeId, rank.Quantity))]);
    }

    private async Task<IReadOnlyList<RankedItem>> ReadAsync(
        ReportPeriod period, string meter, int count, string? payeeId, CancellationToken cancellationToken)
    {
        var ranking = period.Period == ReportPeriodKind.Range
            ? await engine.Rankings.TopOfDaysAsync(period.Days, meter, count, payeeId, cancellationToken)
            : await engine.Rankings.TopAsync(Periods.ToCalendar(period.Period), period.Date, meter, count, payeeId, cancellationToken);
        return ranking.Items;
    }
}

/// <summary>The titles and channels of videos, including deleted ones.</summary>
internal sealed class VideoTitles
{
    private readonly Dictionary<string, Video> _videos;

    private VideoTitles(Dictionary<string, Video> videos) => _videos = videos;

    public static async Task<VideoTitles> FindAsync(
        VideoTable videos, IEnumerable<string> videoIds, CancellationToken cancellationToken) => new(
        (await videos.ListByIdAsync([.. videoIds.Distinct()], cancellationToken)).ToDictionary(v => v.VideoId, StringComparer.Ordinal));

    public string Title(string videoId) => _videos.TryGetValue(videoId, out var video) ? video.Title : videoId;

    /// <summary>As <see cref="Title"/>, but the id for a video that the caller must not find.</summary>
    public string TitleFor(Caller caller, string videoId) =>
        _videos.TryGetValue(videoId, out var video) && !Catalogue.IsVisible(video, caller.UserId, caller.IsAdmin)
            ? videoId
            : Title(videoId);

    /// <summary>Whether a video is public; one that the platform does not have has no owner who could hide it.</summary>
    public bool IsPublic(string videoId) => !_videos.TryGetValue(videoId, out var video) || video.Visibility == Visibility.Public;

    public string? Channel(string videoId) => _videos.TryGetValue(videoId, out var video) ? video.OwnerName : null;
}
