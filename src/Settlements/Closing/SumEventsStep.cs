using System.Collections.Concurrent;
using System.Text;
using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements;

/// <summary>First step of a close: sums what the day counts, chunk by chunk, into partial sums.</summary>
internal sealed class SumEventsStep(
    ISumStore sums, IAdjustmentStore adjustments, IRestatementStore restatements, ILineStore lines, SettlementPlan plan, Settings settings,
    DateOnly day) : PipelineStep
{
    /// <summary>What <see cref="PlanAsync"/> read, for the chunk that it planned: nothing of it changes once the day is closing.</summary>
    private Carried? _carried;

    /// <summary>One for each worker: their memory grows with the items and is used chunk after chunk.</summary>
    private readonly ConcurrentBag<SumAccumulator> _free = [];

    public override string Name => "sum events";

    public override async Task<IReadOnlyList<PlannedChunk>> PlanAsync(long runId, CancellationToken cancellationToken)
    {
        var chunks = new List<PlannedChunk>();
        var counted = settings.SourcesOn(day).ToList();
        await UsageSources.ValidateAsync(counted.Select(c => c.Source), cancellationToken).ConfigureAwait(false);
        foreach (var (source, sourceDay) in counted)
        {
            var slices = await source.SliceAsync(sourceDay, plan.ChunkRowsMax, cancellationToken).ConfigureAwait(false);
            chunks.AddRange(slices.Select(slice => new PlannedChunk(new SumChunk(source.Name, slice).ToString())));
        }

        var carried = new SumAccumulator();
        var events = await AddCarriedAsync(carried, cancellationToken).ConfigureAwait(false);
        if (carried.Count > 0)
        {
            _carried = new Carried(carried, events);
            chunks.Add(new PlannedChunk(SumChunk.Carried.ToString()));
        }

        return chunks;
    }

    public override async Task<ChunkResult> ProcessAsync(PipelineChunk chunk, CancellationToken cancellationToken)
    {
        var part = SumChunk.Parse(chunk.Bounds);
        if (part.Slice is null && Interlocked.Exchange(ref _carried, null) is { } carried)
            return Append(chunk, carried.Totals, carried.Events);

        var totals = _free.TryTake(out var free) ? free : new SumAccumulator();
        totals.Clear();
        var rows = part.Slice is { } slice
            ? await SumAsync(part.Source, slice, totals, cancellationToken).ConfigureAwait(false)
            : await AddCarriedAsync(totals, cancellationToken).ConfigureAwait(false);
        return Append(chunk, totals, rows);
    }

    private ChunkResult Append(PipelineChunk chunk, SumAccumulator totals, long rows) =>
        new(rows, async (transaction, token) =>
        {
            await sums.AppendPartialsAsync(transaction, chunk, totals, token).ConfigureAwait(false);
            _free.Add(totals);
        });

    private Task<long> SumAsync(string name, SourceSlice slice, SumAccumulator totals, CancellationToken cancellationToken)
    {
        var (source, sourceDay) = settings.SourcesOn(day).First(c => c.Source.Name == name);
        return source.SumAsync(sourceDay, slice, totals, cancellationToken);
    }

    /// <summary>
    /// What was decided to be posted on this day, and what the day before could not price. A restated item is added with a quantity of 0, so that it
    /// is priced whether it has usage or not.
    /// </summary>
    private async Task<long> AddCarriedAsync(SumAccumulator totals, CancellationToken cancellationToken)
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

    private sealed record Carried(SumAccumulator Totals, long Events);
}
