using Microsoft.Extensions.Caching.Memory;
using Settlement.SampleHost.Content;
using Settlements;

namespace Settlement.SampleHost.Reports;

/// <summary>What the open days of a period have come to so far. Nothing of it is of a published day.</summary>
/// <param name="Amount">The amount in KRW.</param>
/// <param name="Views">The number of views.</param>
/// <param name="Seconds">The watched seconds.</param>
/// <param name="AsOf">The instant of the estimate: it contains all usage that was stored before.</param>
/// <param name="MostViewed">The videos with the most views, at most <see cref="RanksMax"/>.</param>
/// <param name="LongestWatched">The videos with the longest watched time, at most <see cref="RanksMax"/>.</param>
public sealed record OpenEstimate(
    decimal Amount, long Views, long Seconds, DateTimeOffset AsOf, IReadOnlyList<OpenRank> MostViewed,
    IReadOnlyList<OpenRank> LongestWatched)
{
    /// <summary>The number of ranks that are kept.</summary>
    public const int RanksMax = 500;
}

/// <summary>A video in a ranking of open days.</summary>
/// <param name="VideoId">The video.</param>
/// <param name="PayeeId">The payee.</param>
/// <param name="Quantity">Views or watched seconds; above 0.</param>
public sealed record OpenRank(string VideoId, string PayeeId, long Quantity);

/// <summary>
/// Reads what the open days of a period have come to so far, as the scheduled refresh last estimated. Thread-safe.
/// </summary>
internal sealed class OpenEstimates(SettlementEngine engine, TimeProvider clock) : IDisposable
{
    /// <summary>How long an estimate of all payees is cached: it has a line for each item with usage.</summary>
    public static readonly TimeSpan CachedFor = TimeSpan.FromSeconds(10);

    /// <summary>The maximum number of cached estimates.</summary>
    private const int CachedMax = 100;

    /// <summary>No account has this payee id: the instant of an estimate is read without its lines.</summary>
    private const string NoPayee = "-";

    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = CachedMax });
    private readonly SemaphoreSlim _allPayees = new(1, 1);

    /// <summary>Returns the estimate of the open days of a period; null if there are none, or they are not estimated.</summary>
    /// <param name="payeeId">The payee; null for all.</param>
    /// <param name="videoId">The video, with its placements; null for all.</param>
    /// <param name="period">The period.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<OpenEstimate?> ReadAsync(
        string? payeeId, string? videoId, ReportPeriod period, CancellationToken cancellationToken)
    {
        if (period.Open is not { } open)
            return null;
        try
        {
            return payeeId is null
                ? await ReadAllPayeesAsync(videoId, open, cancellationToken)
                : await SumAsync(payeeId, videoId, open, cancellationToken);
        }
        catch (EstimateRefusedException)
        {
            // Each attempt to read it met a refresh or a close. The next request finds the new one.
            return null;
        }
    }

    /// <summary>Returns the instant of the estimate of a day; null if the day is not estimated.</summary>
    public async Task<DateTimeOffset?> FindInstantAsync(DateOnly day, CancellationToken cancellationToken) =>
        (await engine.Estimates.ReadAsync(NoPayee, CalendarPeriod.Day, day, cancellationToken)).Estimate?.AsOf;

    public void Dispose()
    {
        _cache.Dispose();
        _allPayees.Dispose();
    }

    private async Task<OpenEstimate?> ReadAllPayeesAsync(string? videoId, DateRange open, CancellationToken cancellationToken)
    {
        if (TryGetCached(open, videoId, out var cached))
            return cached;

        // Summed once for concurrent callers: the others then find the result in the cache.
        await _allPayees.WaitAsync(cancellationToken);
        try
        {
            if (TryGetCached(open, videoId, out cached))
                return cached;
            var now = clock.GetUtcNow();
            var read = await SumAsync(payeeId: null, videoId, open, cancellationToken);
            _cache.Set((open, videoId), (now, read), new MemoryCacheEntryOptions { Size = 1 });
            return read;
        }
        finally
        {
            _allPayees.Release();
        }
    }

    private bool TryGetCached(DateRange open, string? videoId, out OpenEstimate? estimate)
    {
        var isCached = _cache.TryGetValue((open, videoId), out (DateTimeOffset At, OpenEstimate? Estimate) cached)
            && clock.GetUtcNow() - cached.At < CachedFor;
        estimate = isCached ? cached.Estimate : null;
        return isCached;
    }

    private async Task<OpenEstimate?> SumAsync(
        string? payeeId, string? videoId, DateRange open, CancellationToken cancellationToken)
    {
        var first = await engine.Estimates.ReadAsync(payeeId ?? NoPayee, CalendarPeriod.Day, open.First, cancellationToken);
        if (first.Estimate is not { } estimate)
            return null;

        // The lines may be those of a later refresh: an estimate can contain usage later than its instant.
        var amount = 0m;
        var views = new Dictionary<(string Item, string Payee), long>();
        var seconds = new Dictionary<(string Item, string Payee), long>();
        await foreach (var line in engine.Estimates.ReadLinesAsync(open, new ItemFilter(payeeId: payeeId), cancellationToken))
        {
            if (videoId is not null && PlacementRule.VideoOf(line.ItemId) != videoId)
                continue;
            if (line.Price is not null)
                amount += line.Amount;
            if (line.Meter == PlatformMeters.Views)
                Add(views, line);
            else if (line.Meter == PlatformMeters.Seconds)
                Add(seconds, line);
        }

        return new OpenEstimate(amount, views.Values.Sum(), seconds.Values.Sum(), estimate.AsOf, Top(views), Top(seconds));
    }

    private static void Add(Dictionary<(string Item, string Payee), long> quantities, SettlementLine line) =>
        quantities[(line.ItemId, line.PayeeId)] = quantities.GetValueOrDefault((line.ItemId, line.PayeeId)) + line.Quantity;

    private static List<OpenRank> Top(Dictionary<(string Item, string Payee), long> quantities) =>
        [.. quantities.Where(q => q.Value > 0).OrderByDescending(q => q.Value).ThenBy(q => q.Key.Item, StringComparer.Ordinal)
            .Take(OpenEstimate.RanksMax).Select(q => new OpenRank(q.Key.Item, q.Key.Payee, q.Value))];
}
