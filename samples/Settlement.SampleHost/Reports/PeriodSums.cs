using Settlement.SampleHost.Content;
using Settlements;

namespace Settlement.SampleHost.Reports;

/// <summary>Sums of lines: views, ad views and their amounts in KRW.</summary>
internal readonly record struct Sums(long Views, decimal VideoAmount, long AdViews, decimal AdAmount)
{
    public decimal Total => VideoAmount + AdAmount;

    public Sums Add(SettlementLine line) => line.Meter == PlatformMeters.AdViews
        ? this with { AdViews = AdViews + line.Quantity, AdAmount = AdAmount + line.Amount }
        : this with { Views = Views + line.Quantity, VideoAmount = VideoAmount + line.Amount };

    public Sums Add(Sums other) =>
        new(Views + other.Views, VideoAmount + other.VideoAmount, AdViews + other.AdViews, AdAmount + other.AdAmount);
}

/// <summary>The sums of a video and payee. A video whose owner changed has sums for each payee.</summary>
internal sealed record VideoSums(string VideoId, string PayeeId, Sums Sums)
{
    /// <summary>The key of the video in a list, for paging.</summary>
    public string Key => KeyOf(VideoId, PayeeId);

    public static string KeyOf(string videoId, string payeeId) => $"{videoId} {payeeId}";
}

/// <summary>The sums of a payee.</summary>
internal sealed record PayeeSums(string PayeeId, Sums Sums);

/// <summary>The published lines of a period, summed per video, payee and day; highest amounts first, ties by id. Immutable.</summary>
internal sealed class PeriodSums
{
    private readonly Dictionary<string, int> _indexes;

    private PeriodSums(Dictionary<(string VideoId, string PayeeId), Sums> videos, IReadOnlyDictionary<DateOnly, Sums> days)
    {
        Days = days;
        Videos = [.. videos.Select(v => new VideoSums(v.Key.VideoId, v.Key.PayeeId, v.Value)).OrderByDescending(v => v.Sums.Total)
            .ThenBy(v => v.VideoId, StringComparer.Ordinal).ThenBy(v => v.PayeeId, StringComparer.Ordinal)];
        Payees = [.. Videos.GroupBy(v => v.PayeeId, StringComparer.Ordinal)
            .Select(p => new PayeeSums(p.Key, p.Aggregate(default(Sums), (sums, video) => sums.Add(video.Sums))))
            .OrderByDescending(p => p.Sums.Total).ThenBy(p => p.PayeeId, StringComparer.Ordinal)];
        Total = Payees.Aggregate(default(Sums), (sums, payee) => sums.Add(payee.Sums));
        _indexes = Videos.Index().ToDictionary(v => v.Item.Key, v => v.Index, StringComparer.Ordinal);
    }

    public Sums Total { get; }

    public IReadOnlyList<VideoSums> Videos { get; }

    public IReadOnlyList<PayeeSums> Payees { get; }

    /// <summary>The sums of days with lines.</summary>
    public IReadOnlyDictionary<DateOnly, Sums> Days { get; }

    /// <summary>Sums the lines of closed days.</summary>
    /// <param name="engine">The settlement engine.</param>
    /// <param name="closed">The days; null for none.</param>
    /// <param name="payeeId">The payee; null for all.</param>
    /// <param name="videoId">The video; null for all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task<PeriodSums> ReadAsync(
        SettlementEngine engine, DateRange? closed, string? payeeId, string? videoId, CancellationToken cancellationToken)
    {
        var videos = new Dictionary<(string VideoId, string PayeeId), Sums>();
        var days = new Dictionary<DateOnly, Sums>();
        if (closed is { } range)
        {
            await foreach (var line in engine.Lines.ReadAsync(range, new ItemFilter(payeeId: payeeId), cancellationToken))
            {
                var key = (VideoId: PlacementRule.VideoOf(line.ItemId), line.PayeeId);
                if (line.Price is null || (videoId is not null && key.VideoId != videoId))
                    continue;
                videos[key] = videos.GetValueOrDefault(key).Add(line);
                days[line.PostingDate] = days.GetValueOrDefault(line.PostingDate).Add(line);
            }
        }

        return new PeriodSums(videos, days);
    }

    /// <summary>Returns a page of the videos; an empty page if the key is unknown.</summary>
    /// <param name="after">The key of the last video of the previous page; null or empty for the first page.</param>
    /// <param name="count">The maximum number of videos.</param>
    /// <param name="sort">The figure that orders the videos.</param>
    public IEnumerable<VideoSums> Page(string? after, int count, VideoSort sort)
    {
        var isFirst = string.IsNullOrEmpty(after);
        if (!isFirst && !_indexes.ContainsKey(after!))
            return [];
        if (sort == VideoSort.Total)
            return (isFirst ? Videos : Videos.Skip(_indexes[after!] + 1)).Take(count);
        var sorted = Videos.OrderByDescending(v => Figure(v.Sums, sort)).ThenBy(v => v.Key, StringComparer.Ordinal);
        return (isFirst ? sorted : sorted.SkipWhile(v => v.Key != after).Skip(1)).Take(count);
    }

    private static decimal Figure(Sums sums, VideoSort sort) => sort switch
    {
        VideoSort.Views => sums.Views,
        VideoSort.VideoAmount => sums.VideoAmount,
        VideoSort.AdViews => sums.AdViews,
        VideoSort.AdAmount => sums.AdAmount,
        _ => sums.Total,
    };
}
