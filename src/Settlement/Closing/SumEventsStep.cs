using System.Collections.Concurrent;
using System.Text;
using Settlement.BusinessDays;
using Settlement.Corrections;
using Settlement.Lines;
using Settlement.Pipelines;
using Settlement.Sums;

namespace Settlement.Closing;

/// <summary>First step of a close: sums what the day counts, chunk by chunk, into partial sums.</summary>
internal sealed class SumEventsStep(
    ISumStore sums, IAdjustmentStore adjustments, IRestatementStore restatements, ILineStore lines, SettlementPlan plan, Settings settings,
    SettledCalendar calendar, DateOnly day) : PipelineStep
{
    /// <summary>What <see cref="PlanAsync"/> read, for the chunk that it planned: nothing of it changes once the day is closing.</summary>
    private Carried? _carried;

    /// <summary>One for each worker: their memory grows with the items and is used chunk after chunk.</summary>
    private readonly ConcurrentBag<TotalsAccumulator> _free = [];

    public override string Name => "sum events";

    public override async Task<IReadOnlyList<PlannedChunk>> PlanAsync(long runId, CancellationToken cancellationToken)
    {
        var chunks = new List<PlannedChunk>();
        await SourceInstants.RequireAsync(sums, settings.SourcesOn(day), cancellationToken).ConfigureAwait(false);
        foreach (var source in settings.SourcesOn(day))
        {
            var planned = await sums.PlanAsync(source, day, calendar.RangeOf(day), plan.ChunkRowsMax, cancellationToken)
                .ConfigureAwait(false);
            chunks.AddRange(planned.Select(chunk => new PlannedChunk(new SumChunk(source?.Name, chunk.Bounds).ToString())));
        }

        var carried = new TotalsAccumulator();
        var events = await AddCarriedAsync(carried, cancellationToken).ConfigureAwait(false);
        if (carried.Count > 0)
        {
            _carried = new Carried(carried, events);
            chunks.Add(new PlannedChunk(SumChunk.Carried.ToString()));
        }

        return chunks;
    }

    public override async Task<ChunkResult> ProcessAsync(Chunk chunk, CancellationToken cancellationToken)
    {
        var part = SumChunk.Parse(chunk.Bounds);
        if (part.Bounds is null && Interlocked.Exchange(ref _carried, null) is { } carried)
            return Append(chunk, carried.Totals, carried.Events);

        var totals = _free.TryTake(out var free) ? free : new TotalsAccumulator();
        totals.Clear();
        var rows = part.Bounds is { } bounds
            ? await SumAsync(part.Source, bounds, totals, cancellationToken).ConfigureAwait(false)
            : await AddCarriedAsync(totals, cancellationToken).ConfigureAwait(false);
        return Append(chunk, totals, rows);
    }

    private ChunkResult Append(Chunk chunk, TotalsAccumulator totals, long rows) =>
        new(rows, async (transaction, token) =>
        {
            await sums.AppendPartialsAsync(transaction, chunk, totals, token).ConfigureAwait(false);
            _free.Add(totals);
        });

    private Task<long> SumAsync(string? name, string bounds, TotalsAccumulator totals, CancellationToken cancellationToken)
    {
        var source = settings.SourcesOn(day).First(s => s?.Name == name);
        return sums.SumAsync(source, day, calendar, bounds, totals, cancellationToken);
    }

    /// <summary>
    /// What was decided to be posted on this day, and what the day before could not price. A restated item is added with a quantity of 0, so that it
    /// is priced whether it has usage or not.
    /// </summary>
    private async Task<long> AddCarriedAsync(TotalsAccumulator totals, CancellationToken cancellationToken)
    {
        var events = 0L;
        foreach (var one in await adjustments.ListPostedOnAsync(day, cancellationToken).ConfigureAwait(false))
            Add(one.Meter, one.ItemId, one.PayeeId, one.UsageDate, one.Quantity, one.Events);
        foreach (var one in await lines.ListQuarantinedAsync(day.AddDays(-1), cancellationToken).ConfigureAwait(false))
            Add(one.Meter, one.ItemId, one.PayeeId, one.UsageDate, one.Quantity, one.Events);
        await foreach (var one in restatements.ReadAsync(day, null, null, cancellationToken).ConfigureAwait(false))
            Add(one.Meter, one.ItemId, one.PayeeId, one.UsageDate, 0, 0);
        return events;

        void Add(string meter, string itemId, string payeeId, DateOnly usageDate, Int128 quantity, long count)
        {
            totals.AddSum(
                Encoding.UTF8.GetBytes(meter), Encoding.UTF8.GetBytes(itemId), Encoding.UTF8.GetBytes(payeeId), usageDate.DayNumber, quantity, count);
            events += count;
        }
    }

    private sealed record Carried(TotalsAccumulator Totals, long Events);
}
