using Microsoft.Extensions.Caching.Memory;
using Settlements;

namespace Settlement.SampleHost.Reports;

/// <summary>
/// Caches the sums of closed days, of one payee or all: there may be millions of lines, and published lines never change. A period is
/// summed again after a further day of it is closed. Thread-safe.
/// </summary>
internal sealed class PeriodSumsCache(SettlementEngine engine) : IDisposable
{
    /// <summary>The size limit of the cache in videos, about 100 MB.</summary>
    private const int VideosMax = 500_000;

    private readonly MemoryCache _sums = new(new MemoryCacheOptions { SizeLimit = VideosMax });
    private readonly SemaphoreSlim _allPayees = new(1, 1);

    /// <summary>Returns the sums, from the cache if possible.</summary>
    /// <param name="closed">The closed days; null for none.</param>
    /// <param name="payeeId">The payee; null for all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<PeriodSums> ReadAsync(DateRange? closed, string? payeeId, CancellationToken cancellationToken)
    {
        if (_sums.TryGetValue((closed, payeeId), out PeriodSums? cached))
            return cached!;
        if (payeeId is not null || closed is null)
            return await SumAsync(closed, payeeId, cancellationToken);

        // Summed once for concurrent callers: the others then find the result in the cache.
        await _allPayees.WaitAsync(cancellationToken);
        try
        {
            return _sums.TryGetValue((closed, payeeId), out cached) ? cached! : await SumAsync(closed, payeeId, cancellationToken);
        }
        finally
        {
            _allPayees.Release();
        }
    }

    public void Dispose()
    {
        _sums.Dispose();
        _allPayees.Dispose();
    }

    private async Task<PeriodSums> SumAsync(DateRange? closed, string? payeeId, CancellationToken cancellationToken)
    {
        var sums = await PeriodSums.ReadAsync(engine, closed, payeeId, videoId: null, cancellationToken);
        return _sums.Set((closed, payeeId), sums, new MemoryCacheEntryOptions { Size = sums.Videos.Count + 1 });
    }
}
