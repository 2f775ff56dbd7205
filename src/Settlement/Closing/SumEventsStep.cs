using System.Collections.Concurrent;
using Settlement.Calendars;
using Settlement.DailyTotals;
using Settlement.Pipelines;

namespace Settlement.Closing;

/// <summary>First step of a close: sums the day's events, chunk by chunk, into partial totals.</summary>
internal sealed class SumEventsStep(IDailyTotalStore totals, SettlementOptions options, BusinessCalendar calendar, DateOnly day) : PipelineStep
{
    /// <summary>Between a source's name and its chunk's bounds; no name holds it.</summary>
    private const char Separator = '\n';

    private readonly UtcRange _range = calendar.RangeOf(day);

    /// <summary>One for each worker: their memory grows with the items and is used chunk after chunk.</summary>
    private readonly ConcurrentBag<TotalsAccumulator> _free = [];

    public override string Name => "sum events";

    public override async Task<IReadOnlyList<PlannedChunk>> PlanAsync(long runId, CancellationToken cancellationToken)
    {
        var chunks = new List<PlannedChunk>();
        foreach (var source in options.AllSources)
        {
            var planned = await totals.PlanAsync(source, day, _range, options.ChunkRowsMax, cancellationToken).ConfigureAwait(false);
            chunks.AddRange(planned.Select(chunk => chunk with { Bounds = $"{source?.Name}{Separator}{chunk.Bounds}" }));
        }

        return chunks;
    }

    public override async Task<ChunkResult> ProcessAsync(Chunk chunk, CancellationToken cancellationToken)
    {
        var cut = chunk.Bounds.IndexOf(Separator, StringComparison.Ordinal);
        var name = chunk.Bounds[..cut];
        var source = options.AllSources.First(s => (s?.Name ?? "") == name);
        var sums = _free.TryTake(out var free) ? free : new TotalsAccumulator();
        sums.Clear();
        var rows = await totals.SumAsync(source, day, calendar, chunk.Bounds[(cut + 1)..], sums, cancellationToken).ConfigureAwait(false);
        return new ChunkResult(rows, async (transaction, token) =>
        {
            await totals.AppendPartialsAsync(transaction, chunk, sums, token).ConfigureAwait(false);
            _free.Add(sums);
        });
    }
}
