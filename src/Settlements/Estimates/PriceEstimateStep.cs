using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// The second step of a refresh: prices a range of items on each open day in order, as the closes of these days would. The published
/// counters are read once; the counters after a day are kept in memory and never written.
/// </summary>
internal sealed class PriceEstimateStep(
    CloseStores stores, IReadOnlyList<EstimatedDay> days, UsageScales scales, BusinessCalendar calendar,
    IReadOnlyList<(CounterInstance Instance, DateRange Days)> newPeriods, int partialsMax) : PipelineStep
{
    public override string Name => "price items";

    public override Task<IReadOnlyList<PlannedChunk>> PlanAsync(long runId, CancellationToken cancellationToken) =>
        stores.Sums.PlanItemRangesAsync([.. days.Select((_, i) => EstimateRuns.Of(runId, i))], partialsMax, cancellationToken);

    public override async Task<ChunkResult> ProcessAsync(PipelineChunk chunk, CancellationToken cancellationToken)
    {
        var sums = new List<IReadOnlyList<UsageSum>>(days.Count);
        for (var i = 0; i < days.Count; i++)
        {
            sums.Add(await stores.Sums.MergeAsync(EstimateRuns.Of(chunk.RunId, i), days[i].Day, chunk.Bounds, cancellationToken)
                .ConfigureAwait(false));
        }

        var counters = await ReadCountersAsync(Union(sums), cancellationToken).ConfigureAwait(false);
        var priced = new List<PricedItems>(days.Count);
        for (var i = 0; i < days.Count; i++)
        {
            var pricer = new LinePricer(days[i].Day, calendar, days[i].Rates, stores.UsageSources.IsUndeclared);
            var merged = WithQuarantined(sums[i], i == 0 ? [] : priced[^1].Quarantined);
            var restated = await RestatementReader.ReadAsync(stores.Restatements, days[i].Day, merged, cancellationToken)
                .ConfigureAwait(false);
            var result = pricer.Price(scales.ToQuantities(merged), restated, counters);
            counters.Apply(result.Counters, result.Volume, result.Rounding);
            priced.Add(result);
        }

        return new ChunkResult(rows: 0, async (transaction, token) =>
        {
            for (var i = 0; i < days.Count; i++)
            {
                await stores.Lines.WriteAsync(
                    transaction, EstimateRuns.Of(chunk.RunId, i), priced[i].Lines, priced[i].Quarantined, token).ConfigureAwait(false);
            }
        });
    }

    /// <summary>Returns the sums of all days, ordered by meter and item.</summary>
    private static IReadOnlyList<UsageSum> Union(List<IReadOnlyList<UsageSum>> sums) => sums.Count == 1
        ? sums[0]
        : [.. sums.SelectMany(s => s).OrderBy(s => s.Meter, Utf8Order.Instance).ThenBy(s => s.ItemId, Utf8Order.Instance)];

    private async Task<CounterCache> ReadCountersAsync(IReadOnlyList<UsageSum> sums, CancellationToken cancellationToken)
    {
        var rates = days[0].Rates;
        var counters = await CounterReader.ReadAsync(
            stores.Counters, new LinePricer(days[0].Day, calendar, rates), rates, sums, cancellationToken).ConfigureAwait(false);
        foreach (var (instance, period) in newPeriods)
        {
            var items = CounterReader.Items(sums, instance.Meter);
            if (items.Count == 0)
                continue;
            foreach (var counter in await stores.Counters.ComputeAsync(instance, period, items, cancellationToken).ConfigureAwait(false))
                counters.Set(counter);
        }

        return counters;
    }

    /// <summary>Adds the usage that the previous day quarantined, as the first step of a close does.</summary>
    private IReadOnlyList<UsageSum> WithQuarantined(IReadOnlyList<UsageSum> sums, List<QuarantinedUsage> quarantined) =>
        quarantined.Count == 0 ? sums
        : [.. sums
            .Concat(quarantined.Select(q => new UsageSum(
                q.Meter, q.ItemId, q.PayeeId, q.UsageDate, scales.ToSum(q.Meter, q.Quantity), q.Events)))
            .GroupBy(s => (s.Meter, s.ItemId, s.PayeeId, s.UsageDate))
            .Select(g => g.Aggregate((a, b) => new UsageSum(a) { Quantity = a.Quantity + b.Quantity, Events = a.Events + b.Events }))
            .OrderBy(s => s.Meter, Utf8Order.Instance).ThenBy(s => s.ItemId, Utf8Order.Instance)];
}
