using Microsoft.Extensions.Caching.Memory;
using Settlement.SampleHost.Content;
using Settlements;

namespace Settlement.SampleHost.Reports;

/// <summary>The estimated amount of the open days of a period.</summary>
/// <param name="Amount">The amount in KRW. It is of no published day.</param>
/// <param name="AsOf">The instant of the estimate: it contains all usage that was stored before.</param>
public sealed record OpenEstimate(decimal Amount, DateTimeOffset AsOf);

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
        // Summed once for concurrent callers: the others then find the result in the cache.
        await _allPayees.WaitAsync(cancellationToken);
        try
        {
            var now = clock.GetUtcNow();
            if (_cache.TryGetValue((open, videoId), out (DateTimeOffset At, OpenEstimate? Estimate) cached) && now - cached.At < CachedFor)
                return cached.Estimate;
            var read = await SumAsync(payeeId: null, videoId, open, cancellationToken);
            _cache.Set((open, videoId), (now, read), new MemoryCacheEntryOptions { Size = 1 });
            return read;
        }
        finally
        {
            _allPayees.Release();
        }
    }

    private async Task<OpenEstimate?> SumAsync(
        string? payeeId, string? videoId, DateRange open, CancellationToken cancellationToken)
    {
        var first = await engine.Estimates.ReadAsync(payeeId ?? NoPayee, CalendarPeriod.Day, open.First, cancellationToken);
        if (first.Estimate is not { } estimate)
            return null;

        // The lines may be those of a later refresh: an estimate can contain usage later than its instant.
        var amount = 0m;
        await foreach (var line in engine.Estimates.ReadLinesAsync(open, new ItemFilter(payeeId: payeeId), cancellationToken))
        {
            if (line.Price is not null && (videoId is null || PlacementRule.VideoOf(line.ItemId) == videoId))
                amount += line.Amount;
        }

        return new OpenEstimate(amount, estimate.AsOf);
    }
}
