using Settlements.Stores;

namespace Settlements;

/// <summary>Recomputes published days in order, with counters in memory. Not thread-safe.</summary>
internal sealed class DayReplay(DayUsage usage, SettlementPlan plan, Settings settings)
{
    /// <summary>The counters after the last recomputed day.</summary>
    public CounterCache Counters { get; } = new();

    /// <summary>Sets the opening counts, which were imported from a replaced system.</summary>
    public void Begin(IEnumerable<ItemCounter> opening)
    {
        foreach (var counter in opening)
            Counters.Set(counter);
    }

    /// <summary>Recomputes the next day.</summary>
    /// <param name="day">The day after the last one.</param>
    /// <param name="fromUsage">Whether its usage is read from the sources; otherwise it is taken from the published lines.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The published and the recomputed lines, in the order of reading.</returns>
    public async Task<(List<SettlementLine> Published, PricedItems Computed)> ComputeAsync(
        BusinessDay day, bool fromUsage, CancellationToken cancellationToken)
    {
        var published = await usage.LinesAsync(day.Day, cancellationToken).ConfigureAwait(false);
        var sums = fromUsage
            ? await usage.AsClosedAsync(settings, day.Day, published, cancellationToken).ConfigureAwait(false)
            : DayUsage.AsPublished(day.Day, published);
        var restatements = await usage.RestatementsAsync(day.Day, cancellationToken).ConfigureAwait(false);
        var undeclared = await usage.UndeclaredMetersAsync(settings, day.Day, cancellationToken).ConfigureAwait(false);
        var pricer = new LinePricer(day.Day, plan.Calendar, settings.RatesFor(day.Day), undeclared.Contains);
        var computed = pricer.Price(sums, restatements.ToLookup(r => (r.Meter, r.ItemId)), Counters);
        computed.Lines.Sort(LineOrder.CompareReading);
        Counters.Apply(computed.Counters, computed.Volume, computed.Rounding);
        return (published, computed);
    }
}
