using Settlement.Sums;
using Settlement.Pipelines;
using Settlement.Lines;

namespace Settlement.Closing;

/// <summary>Second step of a close: merges the partial totals of a range of items into daily totals, and prices them into lines.</summary>
internal sealed class PriceItemsStep(
    IDailyTotalStore totals, IPricedLineStore lines, LinePricer pricer, DateOnly day, int partialsMax) : PipelineStep
{
    public override string Name => "price items";

    public override Task<IReadOnlyList<PlannedChunk>> PlanAsync(long runId, CancellationToken cancellationToken) =>
        totals.PlanItemRangesAsync(runId, partialsMax, cancellationToken);

    public override async Task<ChunkResult> ProcessAsync(Chunk chunk, CancellationToken cancellationToken)
    {
        var merged = await totals.MergeAsync(chunk.RunId, day, chunk.Bounds, cancellationToken).ConfigureAwait(false);
        var counters = await lines.ReadCountersAsync(chunk.RunId, day, chunk.Bounds, cancellationToken).ConfigureAwait(false);
        var priced = pricer.Price(merged, counters);

        // A run's rows are its event rows, which the first step counted.
        return new ChunkResult(Rows: 0, async (transaction, token) =>
        {
            await totals.WriteAsync(transaction, chunk.RunId, merged, token).ConfigureAwait(false);
            await lines.WriteAsync(transaction, chunk.RunId, priced.Lines, priced.Counters, token).ConfigureAwait(false);
        });
    }
}
