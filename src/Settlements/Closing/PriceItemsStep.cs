using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements;

/// <summary>The second step of a close: merges the partial sums of a range of items, and prices them as stores.Lines.</summary>
internal sealed class PriceItemsStep(
    CloseStores stores, LinePricer pricer, RatesInForce rates, UsageScales scales, DateOnly day, int partialsMax) : PipelineStep
{
    public override string Name => "price items";

    public override Task<IReadOnlyList<PlannedChunk>> PlanAsync(long runId, CancellationToken cancellationToken) =>
        stores.Sums.PlanItemRangesAsync(runId, partialsMax, cancellationToken);

    public override async Task<ChunkResult> ProcessAsync(PipelineChunk chunk, CancellationToken cancellationToken)
    {
        var merged = ToQuantities(await stores.Sums.MergeAsync(chunk.RunId, day, chunk.Bounds, cancellationToken).ConfigureAwait(false));
        var restated = await ReadRestatementsAsync(merged, cancellationToken).ConfigureAwait(false);
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

    /// <summary>Converts sums to the units of meters, each rounded down once.</summary>
    private IReadOnlyList<UsageSum> ToQuantities(IReadOnlyList<UsageSum> sums) => scales.IsEmpty
        ? sums : [.. sums.Select(s => new UsageSum(s) { Quantity = scales.ToQuantity(s.Meter, s.Quantity) })];

    private async Task<ILookup<(string, string), RestatementEntry>> ReadRestatementsAsync(
        IReadOnlyList<UsageSum> merged, CancellationToken cancellationToken)
    {
        var entries = new List<RestatementEntry>();
        if (merged.Count > 0)
        {
            var read = stores.Restatements.ReadAsync(day, (merged[0].Meter, merged[0].ItemId), (merged[^1].Meter, merged[^1].ItemId),
                cancellationToken);
            await foreach (var entry in read.ConfigureAwait(false))
                entries.Add(entry);
        }

        return entries.ToLookup(e => (e.Meter, e.ItemId));
    }
}
