using System.Text;
using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements;

/// <summary>The first step of a close: sums the usage that is posted on the day into partial sums, chunk by chunk.</summary>
internal sealed class SumEventsStep(
    ISumStore sums, IAdjustmentStore adjustments, IRestatementStore restatements, ILineStore lines, SettlementPlan plan, Settings settings,
    DateOnly day, UnusedAccumulators? unused = null) : PipelineStep
{
    /// <summary>
    /// The usage that <see cref="PlanAsync"/> read, for the chunk that it planned. It does not change once the day is closing.
    /// </summary>
    private Carried? _carried;

    private readonly UnusedAccumulators _unused = unused ?? new UnusedAccumulators();

    public override string Name => "sum events";

    /// <summary>The sources that are counted on the day.</summary>
    public IEnumerable<IUsageSource> Sources => settings.SourcesOn(day).Select(c => c.Source);

    public override async Task<IReadOnlyList<PlannedChunk>> PlanAsync(long runId, CancellationToken cancellationToken)
    {
        await UsageSources.ValidateAsync(Sources, cancellationToken).ConfigureAwait(false);
        return await PlanValidatedAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Plans the chunks when the <see cref="Sources"/> are validated.</summary>
    public async Task<IReadOnlyList<PlannedChunk>> PlanValidatedAsync(CancellationToken cancellationToken)
    {
        var chunks = new List<PlannedChunk>();
        foreach (var (source, sourceDay) in settings.SourcesOn(day))
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

        var totals = _unused.Take();
        var rows = part.Slice is { } slice
            ? await SumAsync(part.Source, slice, totals, cancellationToken).ConfigureAwait(false)
            : await AddCarriedAsync(totals, cancellationToken).ConfigureAwait(false);
        return Append(chunk, totals, rows);
    }

    private ChunkResult Append(PipelineChunk chunk, SumAccumulator totals, long rows) =>
        new(rows, async (transaction, token) =>
        {
            await sums.AppendPartialsAsync(transaction, chunk, totals, token).ConfigureAwait(false);
            _unused.Return(totals);
        });

    private Task<long> SumAsync(string name, SourceSlice slice, SumAccumulator totals, CancellationToken cancellationToken)
    {
        var counted = settings.SourcesOn(day).First(c => c.Source.Name == name);
        return settings.Scales.SumAsync(counted, slice, totals, cancellationToken);
    }

    /// <summary>
    /// Adds the adjustments that are posted on this day, and the quarantined usage of the previous day. A restated item is added with a
    /// quantity of 0, so that it is priced also when it has no usage.
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
                Encoding.UTF8.GetBytes(meter), Encoding.UTF8.GetBytes(itemId), Encoding.UTF8.GetBytes(payeeId), usageDate.DayNumber,
                settings.Scales.ToSum(meter, quantity), count);
            events += count;
        }
    }

    private sealed record Carried(SumAccumulator Totals, long Events);
}
