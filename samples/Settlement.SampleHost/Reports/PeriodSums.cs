using Settlement.SampleHost.Content;
using Settlements;

namespace Settlement.SampleHost.Reports;

/// <summary>Sums of lines: views and what they are paid, ad views and what they are paid. Won.</summary>
internal readonly record struct Sums(long Views, decimal VideoAmount, long AdViews, decimal AdAmount)
{
    public decimal Total => VideoAmount + AdAmount;

    public Sums Add(SettlementLine line) => line.Meter == PlatformMeters.AdViews
        ? this with { AdViews = AdViews + line.Quantity, AdAmount = AdAmount + line.Amount }
        : this with { Views = Views + line.Quantity, VideoAmount = VideoAmount + line.Amount };

    public Sums Add(Sums other) =>
        new(Views + other.Views, VideoAmount + other.VideoAmount, AdViews + other.AdViews, AdAmount + other.AdAmount);
}

/// <summary>A video's sums. One that changed its owner has some for each payee.</summary>
internal sealed record VideoSums(string VideoId, string PayeeId, Sums Sums)
{
    /// <summary>Its place in a list, for the page after it.</summary>
    public string Key => KeyOf(VideoId, PayeeId);

    public static string KeyOf(string videoId, string payeeId) => $"{videoId} {payeeId}";
}

/// <summary>A payee's sums.</summary>
internal sealed record PayeeSums(string PayeeId, Sums Sums);

/// <summary>The published lines of a period, summed in each way that is shown. The best paid come first, ties by id. Immutable.</summary>
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

    /// <summary>The days with lines.</summary>
    public IReadOnlyDictionary<DateOnly, Sums> Days { get; }

    /// <summary>Sums the lines of closed days.</summary>
    /// <param name="engine">Has them.</param>
    /// <param name="closed">The days; null for none.</param>
    /// <param name="payeeId">Whose; null for everybody's.</param>
    /// <param name="videoId">Of which video; null for all.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async Task<PeriodSums> ReadAsync(
        SettlementEngine engine, DateRange? closed, string? payeeId, string? videoId, CancellationToken cancellationToken)
    {
        var videos = new Dictionary<(string VideoId, string PayeeId), Sums>();
        var days = new Dictionary<DateOnly, Sums>();
        if (closed is { } range)
        {
            await foreach (var line in engine.Lines.ReadAsync(range, new ItemFilter(PayeeId: payeeId), cancellationToken))
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

    /// <summary>A page of the videos; of none when the one before it is not there.</summary>
    /// <param name="after">The key of the last video of the page before; null or empty for the first page.</param>
    /// <param name="count">How many.</param>
    public IEnumerable<VideoSums> Page(string? after, int count)
    {
        if (string.IsNullOrEmpty(after))
            return Videos.Take(count);
        return _indexes.TryGetValue(after, out var index) ? Videos.Skip(index + 1).Take(count) : [];
    }
}
