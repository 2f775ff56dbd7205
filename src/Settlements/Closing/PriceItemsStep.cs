using Settlements.Pipelines;

namespace Settlements;

/// <summary>The second step of a close: merges the partial sums of a range of items, and prices them as lines.</summary>
internal sealed class PriceItemsStep(
    CloseStores stores, LinePricer pricer, RatesInForce rates, UsageScales scales, DateOnly day, int partialsMax) : PipelineStep
{
    public override string Name => "price items";

    public override Task<IReadOnlyList<PlannedChunk>> PlanAsync(long runId, CancellationToken cancellationToken) =>
        stores.Sums.PlanItemRangesAsync([runId], partialsMax, cancellationToken);

    public override async Task<ChunkResult> ProcessAsync(PipelineChunk chunk, CancellationToken cancellationToken)
    {
        var merged = scales.ToQuantities(
            await stores.Sums.MergeAsync(chunk.RunId, day, chunk.Bounds, cancellationToken).ConfigureAwait(false));
        var restated = await RestatementReader.ReadAsync(stores.Restatements, day, merged, cancellationToken).ConfigureAwait(false);
        var cache = await CounterReader.ReadAsync(stores.Counters, pricer, rates, merged, cancellationToken).ConfigureAwait(false);
        var priced = pricer.Price(merged, restated, cache);

        // The rows of a run are its event rows, which the first step counted.
        return new ChunkResult(rows: 0, async (transaction, token) =>
        {
            await stores.Lines.WriteAsync(transaction, chunk.RunId, priced.Lines, priced.Quarantined, token).ConfigureAwait(false);
            await stores.Counters.WriteAsync(transaction, chunk.RunId, priced.Counters, priced.Volume, priced.Rounding, token)
                .ConfigureAwait(false);
        });
    }
}
