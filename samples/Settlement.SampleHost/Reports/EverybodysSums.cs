using Microsoft.Extensions.Caching.Memory;
using Settlement.Calendars;

namespace Settlement.SampleHost.Reports;

/// <summary>
/// The sums of everybody's lines, which may be millions: remembered, since published lines never change. A period is summed again when another
/// of its days was closed. Thread-safe.
/// </summary>
internal sealed class EverybodysSums(SettlementEngine engine) : IDisposable
{
    /// <summary>As many videos as all remembered periods may have: some 100 MB.</summary>
    private const int VideosMax = 500_000;

    private readonly MemoryCache _periods = new(new MemoryCacheOptions { SizeLimit = VideosMax });
    private readonly SemaphoreSlim _reading = new(1, 1);

    /// <param name="closed">The closed days; null for none.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async Task<PeriodSums> ReadAsync(DateRange? closed, CancellationToken cancellationToken)
    {
        if (closed is not { } days)
            return await PeriodSums.ReadAsync(engine, null, null, null, cancellationToken);
        if (_periods.TryGetValue(days, out PeriodSums? known))
            return known!;

        // One at a time: who asks for the same meanwhile finds it done.
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (_periods.TryGetValue(days, out known))
                return known!;
            var sums = await PeriodSums.ReadAsync(engine, days, payeeId: null, videoId: null, cancellationToken);
            return _periods.Set(days, sums, new MemoryCacheEntryOptions { Size = sums.Videos.Count + 1 });
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose()
    {
        _periods.Dispose();
        _reading.Dispose();
    }
}
