using Settlement.SampleHost.Content;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Users;
using Settlements;

namespace Settlement.SampleHost.Reports;

/// <summary>The earnings of a video in a period, for views and for the ad views of its placements. Amounts are in KRW.</summary>
public sealed record VideoEarnings(
    string VideoId, string Title, string PayeeId, long Views, decimal VideoAmount, long AdViews, decimal AdAmount)
{
    public decimal Total => VideoAmount + AdAmount;
}

/// <summary>The earnings of a period: sums of published lines.</summary>
public sealed record EarningsReport(
    ReportPeriod Period, string? PayeeId, decimal VideoAmount, decimal AdAmount, decimal Total, string Currency, int VideosCount,
    IReadOnlyList<VideoEarnings> Videos);

/// <summary>The earnings of a day.</summary>
/// <param name="Day">The posting date.</param>
/// <param name="IsClosed">Whether it is closed; otherwise its figures are not known.</param>
/// <param name="Views">Views.</param>
/// <param name="VideoAmount">Their amount in KRW.</param>
/// <param name="AdViews">Ad views.</param>
/// <param name="AdAmount">Their amount in KRW.</param>
/// <param name="IsBeforeFirst">Whether it is before the first event, so that it is never closed.</param>
public sealed record DayEarnings(
    DateOnly Day, bool IsClosed, long Views, decimal VideoAmount, long AdViews, decimal AdAmount, bool IsBeforeFirst = false)
{
    public decimal Total => VideoAmount + AdAmount;
}

/// <summary>Reads the earnings of a period. Creators see their own earnings, admins all. Thread-safe.</summary>
internal sealed class Earnings(SettlementEngine engine, PeriodSumsCache cache, VideoTable videos)
{
    /// <summary>Returns the payee whose lines the caller may read: the requested or the caller's; null for all payees.</summary>
    public static string? Scope(Caller caller, string? payeeId)
    {
        if (caller.IsAdmin)
            return string.IsNullOrEmpty(payeeId) ? null : payeeId;
        var callers = caller.PayeeId ?? throw PlatformException.Forbidden("Earnings need an account. Log in first.");
        return string.IsNullOrEmpty(payeeId) || payeeId == callers
            ? callers
            : throw PlatformException.Forbidden($"The earnings of payee '{payeeId}' are visible to that payee and to admins only.");
    }

    /// <summary>Returns the earnings of a period per video, highest first, ties by id.</summary>
    /// <param name="payeeId">The payee; null for all.</param>
    /// <param name="period">The period.</param>
    /// <param name="after">The key of the last video of the previous page; null for the first page.</param>
    /// <param name="count">The maximum number of videos.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <param name="sort">The figure that orders the videos.</param>
    public async Task<EarningsReport> ReadAsync(
        string? payeeId, ReportPeriod period, string? after, int count, CancellationToken cancellationToken,
        VideoSort sort = VideoSort.Total)
    {
        var sums = await SumAsync(payeeId, videoId: null, period, cancellationToken);
        var page = sums.Page(after, count, sort).ToList();
        var titles = await VideoTitles.FindAsync(videos, page.Select(v => v.VideoId), cancellationToken);
        return new EarningsReport(
            period, payeeId, sums.Total.VideoAmount, sums.Total.AdAmount, sums.Total.Total, PlatformMeters.CurrencyCode, sums.Videos.Count,
            [.. page.Select(v => new VideoEarnings(
                v.VideoId, titles.Title(v.VideoId), v.PayeeId, v.Sums.Views, v.Sums.VideoAmount, v.Sums.AdViews, v.Sums.AdAmount))]);
    }

    public static string Key(VideoEarnings video) => VideoSums.KeyOf(video.VideoId, video.PayeeId);

    /// <summary>Returns the earnings per day of a period, of one video or of all videos of a payee.</summary>
    public async Task<IReadOnlyList<DayEarnings>> ReadDaysAsync(
        string? payeeId, string? videoId, ReportPeriod period, CancellationToken cancellationToken)
    {
        var sums = await SumAsync(payeeId, videoId, period, cancellationToken);
        return [.. period.Days.Each().Select(day => (Day: day, Sums: sums.Days.GetValueOrDefault(day))).Select(d => new DayEarnings(
            d.Day, period.IsClosed(d.Day), d.Sums.Views, d.Sums.VideoAmount, d.Sums.AdViews, d.Sums.AdAmount,
            period.IsBeforeFirst(d.Day)))];
    }

    /// <summary>
    /// Returns the sums of some videos of a payee; a video without lines is missing. Reads nothing that a report has read.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, Sums>> ReadVideosAsync(
        string payeeId, ReportPeriod period, IReadOnlyCollection<string> videoIds, CancellationToken cancellationToken) =>
        (await SumAsync(payeeId, videoId: null, period, cancellationToken)).Videos.Where(v => videoIds.Contains(v.VideoId))
            .ToDictionary(v => v.VideoId, v => v.Sums, StringComparer.Ordinal);

    /// <summary>Parses the order of videos; the total amount without one.</summary>
    public static VideoSort SortOf(string? name) => string.IsNullOrEmpty(name)
        ? VideoSort.Total
        : Enum.TryParse<VideoSort>(name, ignoreCase: true, out var sort) && Enum.IsDefined(sort) && !char.IsAsciiDigit(name[0])
            ? sort
            : throw PlatformException.BadRequest($"sort is '{name}'. Use total, views, videoAmount, adViews or adAmount.");

    /// <summary>Returns the earnings per payee of a period, highest first, ties by id.</summary>
    public async Task<IReadOnlyList<PayeeSums>> ReadPayeesAsync(ReportPeriod period, CancellationToken cancellationToken) =>
        (await cache.ReadAsync(period.Closed, payeeId: null, cancellationToken)).Payees;

    /// <summary>Returns the priced lines of a video, ordered by posting date and item.</summary>
    public async Task<IReadOnlyList<SettlementLine>> ReadLinesAsync(
        string? payeeId, string videoId, ReportPeriod period, CancellationToken cancellationToken)
    {
        var lines = new List<SettlementLine>();
        await foreach (var line in engine.Lines.ReadAsync(period.Days, new ItemFilter(payeeId: payeeId), cancellationToken))
        {
            if (line.Price is not null && PlacementRule.VideoOf(line.ItemId) == videoId)
                lines.Add(line);
        }

        return lines;
    }

    /// <summary>Explains the amount of a line, tier by tier.</summary>
    /// <param name="payeeId">The payee; null for any.</param>
    /// <param name="day">The posting date.</param>
    /// <param name="meter">The meter.</param>
    /// <param name="itemId">The item.</param>
    /// <param name="usageDate">The usage date; null for any.</param>
    /// <param name="kind">The kind of line; null for any.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<LineExplanation> ExplainAsync(
        string? payeeId, DateOnly day, string meter, string itemId, DateOnly? usageDate, LineKind? kind,
        CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(meter) || string.IsNullOrEmpty(itemId))
            throw PlatformException.BadRequest("meter or item is missing. Use for example meter=video.view and item=3y5A4paFOb4.");
        var explanations = await engine.Lines.ExplainAsync(day, meter, itemId, cancellationToken);
        return explanations.FirstOrDefault(e => (payeeId is null || e.Line.PayeeId == payeeId)
                && (usageDate is null || e.Line.UsageDate == usageDate) && (kind is null || e.Line.Kind == kind))
            ?? throw PlatformException.NotFound("line", $"{day:yyyy-MM-dd} {meter} {itemId}");
    }

    /// <summary>Parses a kind of line; null if the name is empty.</summary>
    public static LineKind? KindOf(string? name) => name switch
    {
        null or "" => null,
        "usage" or "repricing" or "restatement" => LineKinds.Parse(name),
        _ => throw PlatformException.BadRequest($"kind is '{name}'. Use usage, repricing or restatement."),
    };

    private Task<PeriodSums> SumAsync(string? payeeId, string? videoId, ReportPeriod period, CancellationToken cancellationToken) =>
        videoId is null
            ? cache.ReadAsync(period.Closed, payeeId, cancellationToken)
            : PeriodSums.ReadAsync(engine, period.Closed, payeeId, videoId, cancellationToken);
}
