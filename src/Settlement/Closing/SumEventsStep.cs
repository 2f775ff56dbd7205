using System.Collections.Concurrent;
using System.Text;
using Settlement.Calendars;
using Settlement.Sums;
using Settlement.Pipelines;

namespace Settlement.Closing;

/// <summary>First step of a close: sums the day's events, chunk by chunk, into partial totals.</summary>
internal sealed class SumEventsStep(
    IDailyTotalStore totals, IAdjustmentStore adjustments, SettlementOptions options, BusinessCalendar calendar, DateOnly day) : PipelineStep
{
    /// <summary>Between a source's name and its chunk's bounds; no name holds it.</summary>
    private const char Separator = '\n';

    /// <summary>The bounds of the chunk with what was found in closed days; no source is named so.</summary>
    private const string Adjustments = "\t\n";

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

        if (await adjustments.ListCountedOnAsync(day, cancellationToken).ConfigureAwait(false) is { Count: > 0 } found)
            chunks.Add(new PlannedChunk(Adjustments, found.Count));
        return chunks;
    }

    public override async Task<ChunkResult> ProcessAsync(Chunk chunk, CancellationToken cancellationToken)
    {
        var sums = _free.TryTake(out var free) ? free : new TotalsAccumulator();
        sums.Clear();
        var rows = chunk.Bounds == Adjustments
            ? await AddAdjustmentsAsync(sums, cancellationToken).ConfigureAwait(false)
            : await SumAsync(chunk.Bounds, sums, cancellationToken).ConfigureAwait(false);
        return new ChunkResult(rows, async (transaction, token) =>
        {
            await totals.AppendPartialsAsync(transaction, chunk, sums, token).ConfigureAwait(false);
            _free.Add(sums);
        });
    }

    private Task<long> SumAsync(string bounds, TotalsAccumulator sums, CancellationToken cancellationToken)
    {
        var cut = bounds.IndexOf(Separator, StringComparison.Ordinal);
        var name = bounds[..cut];
        var source = options.AllSources.First(s => (s?.Name ?? "") == name);
        return totals.SumAsync(source, day, calendar, bounds[(cut + 1)..], sums, cancellationToken);
    }

    private async Task<long> AddAdjustmentsAsync(TotalsAccumulator sums, CancellationToken cancellationToken)
    {
        var found = await adjustments.ListCountedOnAsync(day, cancellationToken).ConfigureAwait(false);
        foreach (var one in found)
        {
            sums.Add(
                Encoding.UTF8.GetBytes(one.Meter), Encoding.UTF8.GetBytes(one.ItemId), Encoding.UTF8.GetBytes(one.PayeeId), one.OwnDay.DayNumber,
                one.Quantity, one.Events);
        }

        return found.Sum(one => one.Events);
    }
}
