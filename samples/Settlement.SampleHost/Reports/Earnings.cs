using Settlement.SampleHost.Content;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Users;
using Settlements;

namespace Settlement.SampleHost.Reports;

/// <summary>What a video came to in a period: its views and the ad views of its placements. Amounts are won.</summary>
public sealed record VideoEarnings(
    string VideoId, string Title, string PayeeId, long Views, decimal VideoAmount, long AdViews, decimal AdAmount)
{
    public decimal Total => VideoAmount + AdAmount;
}

/// <summary>A settlement of a period; sums of published lines, nothing else.</summary>
public sealed record EarningsReport(
    ReportPeriod Period, string? PayeeId, decimal VideoAmount, decimal AdAmount, decimal Total, string Currency, int VideosCount,
    IReadOnlyList<VideoEarnings> Videos);

/// <summary>A day of a chart.</summary>
public sealed record DayEarnings(DateOnly Day, bool IsClosed, long Views, decimal VideoAmount, long AdViews, decimal AdAmount)
{
    public decimal Total => VideoAmount + AdAmount;
}

/// <summary>Settlements of a day, a week or a month. A creator sees his own, an admin all. Thread-safe.</summary>
internal sealed class Earnings(SettlementEngine engine, PeriodSumsCache remembered, VideoTable videos)
{
    /// <summary>Whose lines a caller may see: the payee asked for, his own, or null for all.</summary>
    public static string? Scope(Caller caller, string? payeeId)
    {
        if (caller.IsAdmin)
            return string.IsNullOrEmpty(payeeId) ? null : payeeId;
        var own = caller.PayeeId ?? throw PlatformException.Forbidden("Without an account there are no earnings to see.");
        return string.IsNullOrEmpty(payeeId) || payeeId == own
            ? own
            : throw PlatformException.Forbidden($"The earnings of payee '{payeeId}' are seen by that payee and by admins.");
    }

    /// <summary>What a period came to, per video: the best paid first, ties by id.</summary>
    /// <param name="payeeId">Whose; null for everybody's.</param>
    /// <param name="period">Of when.</param>
    /// <param name="after">The last video of the page before; null for the first page.</param>
    /// <param name="count">How many videos.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async Task<EarningsReport> ReadAsync(
        string? payeeId, ReportPeriod period, string? after, int count, CancellationToken cancellationToken)
    {
        var sums = await SumAsync(payeeId, videoId: null, period, cancellationToken);
        var page = sums.Page(after, count).ToList();
        var titles = await VideoTitles.FindAsync(videos, page.Select(v => v.VideoId), cancellationToken);
        return new EarningsReport(
            period, payeeId, sums.Total.VideoAmount, sums.Total.AdAmount, sums.Total.Total, PlatformMeters.CurrencyCode, sums.Videos.Count,
            [.. page.Select(v => new VideoEarnings(
                v.VideoId, titles.Title(v.VideoId), v.PayeeId, v.Sums.Views, v.Sums.VideoAmount, v.Sums.AdViews, v.Sums.AdAmount))]);
    }

    public static string Key(VideoEarnings video) => VideoSums.KeyOf(video.VideoId, video.PayeeId);

    /// <summary>Each day of a period, for a chart; a video's, or all of a payee's.</summary>
    public async Task<IReadOnlyList<DayEarnings>> ReadDaysAsync(
        string? payeeId, string? videoId, ReportPeriod period, CancellationToken cancellationToken)
    {
        var sums = await SumAsync(payeeId, videoId, period, cancellationToken);
        return [.. period.Days.Each().Select(day => (Day: day, Sums: sums.Days.GetValueOrDefault(day))).Select(d => new DayEarnings(
            d.Day, period.IsClosed(d.Day), d.Sums.Views, d.Sums.VideoAmount, d.Sums.AdViews, d.Sums.AdAmount))];
    }

    /// <summary>What each payee is owed for a period: the greatest first, ties by id.</summary>
    public async Task<IReadOnlyList<PayeeSums>> ReadPayeesAsync(ReportPeriod period, CancellationToken cancellationToken) =>
        (await remembered.ReadAsync(period.Closed, payeeId: null, cancellationToken)).Payees;

    /// <summary>The lines of a video, by day and item: what its sums are made of.</summary>
    public async Task<IReadOnlyList<SettlementLine>> ReadLinesAsync(
        string? payeeId, string videoId, ReportPeriod period, CancellationToken cancellationToken)
    {
        var lines = new List<SettlementLine>();
        await foreach (var line in engine.Lines.ReadAsync(period.Days, new ItemFilter(PayeeId: payeeId), cancellationToken))
        {
            if (line.Price is not null && PlacementRule.VideoOf(line.ItemId) == videoId)
                lines.Add(line);
        }

        return lines;
    }

    /// <summary>Why a line's amount is what it is: tier by tier.</summary>
    /// <param name="payeeId">Whose; null for anybody's.</param>
    /// <param name="day">The posting date.</param>
    /// <param name="meter">The meter.</param>
    /// <param name="itemId">The item.</param>
    /// <param name="usageDate">The usage date; null for the first line there is.</param>
    /// <param name="kind">The kind of line; null for the first line there is.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<LineExplanation> ExplainAsync(
        string? payeeId, DateOnly day, string meter, string itemId, DateOnly? usageDate, LineKind? kind, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(meter) || string.IsNullOrEmpty(itemId))
            throw PlatformException.BadRequest("meter and item are needed, for example meter=video.view and item=3y5A4paFOb4.");
        var explanations = await engine.Lines.ExplainAsync(day, meter, itemId, cancellationToken);
        return explanations.FirstOrDefault(e => (payeeId is null || e.Line.PayeeId == payeeId)
                && (usageDate is null || e.Line.UsageDate == usageDate) && (kind is null || e.Line.Kind == kind))
            ?? throw PlatformException.NotFound("line", $"{day:yyyy-MM-dd} {meter} {itemId}");
    }

    /// <summary>A kind of line by its name; null for none.</summary>
    public static LineKind? KindOf(string? name) => name switch
    {
        null or "" => null,
        "usage" or "repricing" or "restatement" => LineKinds.Parse(name),
        _ => throw PlatformException.BadRequest($"kind is '{name}'. Use usage, repricing or restatement."),
    };

    private Task<PeriodSums> SumAsync(string? payeeId, string? videoId, ReportPeriod period, CancellationToken cancellationToken) =>
        videoId is null
            ? remembered.ReadAsync(period.Closed, payeeId, cancellationToken)
            : PeriodSums.ReadAsync(engine, period.Closed, payeeId, videoId, cancellationToken);
}
