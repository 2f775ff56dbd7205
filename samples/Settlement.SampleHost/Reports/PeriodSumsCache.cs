using Microsoft.Extensions.Caching.Memory;
using Settlements;

namespace Settlement.SampleHost.Reports;

/// <summary>
/// The sums of closed days, a payee's or everybody's, of which there may be millions of lines: remembered, since published lines never change. A
/// period is summed again when another of its days was closed. Thread-safe.
/// </summary>
internal sealed class PeriodSumsCache(SettlementEngine engine) : IDisposable
{
    /// <summary>As many videos as all that is remembered may have: some 100 MB.</summary>
    private const int VideosMax = 500_000;

    private readonly MemoryCache _sums = new(new MemoryCacheOptions { SizeLimit = VideosMax });
    private readonly SemaphoreSlim _everybodys = new(1, 1);

    /// <param name="closed">The closed days; null for none.</param>
    /// <param name="payeeId">Whose; null for everybody's.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async Task<PeriodSums> ReadAsync(DateRange? closed, string? payeeId, CancellationToken cancellationToken)
    {
        if (_sums.TryGetValue((closed, payeeId), out PeriodSums? known))
            return known!;
        if (payeeId is not null || closed is null)
            return await SumAsync(closed, payeeId, cancellationToken);

        // One at a time: who asks for everybody's meanwhile finds them done.
        await _everybodys.WaitAsync(cancellationToken);
        try
        {
            return _sums.TryGetValue((closed, payeeId), out known) ? known! : await SumAsync(closed, payeeId, cancellationToken);
        }
        finally
        {
            _everybodys.Release();
        }
    }

    public void Dispose()
    {
        _sums.Dispose();
        _everybodys.Dispose();
    }

    private async Task<PeriodSums> SumAsync(DateRange? closed, string? payeeId, CancellationToken cancellationToken)
    {
        var sums = await PeriodSums.ReadAsync(engine, closed, payeeId, videoId: null, cancellationToken);
        return _sums.Set((closed, payeeId), sums, new MemoryCacheEntryOptions { Size = sums.Videos.Count + 1 });
    }
}
