using Settlement.Corrections;
using Settlement.Counters;
using Settlement.Lines;
using Settlement.Pipelines;
using Settlement.Sums;

namespace Settlement.Closing;

/// <summary>Second step of a close: merges the partial sums of a range of items and prices them into lines.</summary>
internal sealed class PriceItemsStep(
    ISumStore sums, ILineStore lines, ICounterStore counters, IRestatementStore restatements, LinePricer pricer, RatesInForce rates, DateOnly day,
    int partialsMax) : PipelineStep
{
    public override string Name => "price items";

    public override Task<IReadOnlyList<PlannedChunk>> PlanAsync(long runId, CancellationToken cancellationToken) =>
        sums.PlanItemRangesAsync(runId, partialsMax, cancellationToken);

    public override async Task<ChunkResult> ProcessAsync(Chunk chunk, CancellationToken cancellationToken)
    {
        var merged = await sums.MergeAsync(chunk.RunId, day, chunk.Bounds, cancellationToken).ConfigureAwait(false);
        var restated = await ReadRestatementsAsync(merged, cancellationToken).ConfigureAwait(false);
        var book = await ReadCountersAsync(merged, cancellationToken).ConfigureAwait(false);
        var priced = pricer.Price(merged, restated, book);

        // A run's rows are its event rows, which the first step counted.
        return new ChunkResult(Rows: 0, async (transaction, token) =>
        {
            await lines.WriteAsync(transaction, chunk.RunId, priced.Lines, priced.Quarantined, token).ConfigureAwait(false);
            await counters.WriteAsync(transaction, chunk.RunId, priced.Counters, priced.Volume, priced.Rounding, token).ConfigureAwait(false);
        });
    }

    private async Task<ILookup<(string, string), RestatementEntry>> ReadRestatementsAsync(
        IReadOnlyList<UsageSum> merged, CancellationToken cancellationToken)
    {
        var entries = new List<RestatementEntry>();
        if (merged.Count > 0)
        {
            var read = restatements.ReadAsync(day, (merged[0].Meter, merged[0].ItemId), (merged[^1].Meter, merged[^1].ItemId), cancellationToken);
            await foreach (var entry in read.ConfigureAwait(false))
                entries.Add(entry);
        }

        return entries.ToLookup(e => (e.Meter, e.ItemId));
    }

    private async Task<CounterBook> ReadCountersAsync(IReadOnlyList<UsageSum> merged, CancellationToken cancellationToken)
    {
        var book = new CounterBook();
        foreach (var counter in await counters.ReadAsync(pricer.Requests(merged), cancellationToken).ConfigureAwait(false))
            book.Set(counter);
        foreach (var meter in rates.Meters.Where(m => m.HasVolume || m.Rounding == Rates.RoundingRule.Cumulative))
        {
            var items = Items(merged, meter.Meter);
            if (items.Count == 0)
                continue;
            if (meter.HasVolume)
            {
                foreach (var (key, sum) in await counters.ReadVolumeAsync(meter.Meter, items, cancellationToken).ConfigureAwait(false))
                    book.Set(key, sum);
            }

            if (meter.Rounding == Rates.RoundingRule.Cumulative)
            {
                foreach (var (key, exact) in await counters.ReadRoundingAsync(meter.Meter, items, cancellationToken).ConfigureAwait(false))
                    book.Set(key, exact);
            }
        }

        return book;
    }

    private static List<string> Items(IReadOnlyList<UsageSum> merged, string meter)
    {
        var items = new List<string>();
        foreach (var sum in merged)
        {
            if (sum.Meter == meter && (items.Count == 0 || items[^1] != sum.ItemId))
                items.Add(sum.ItemId);
        }

        return items;
    }
}
