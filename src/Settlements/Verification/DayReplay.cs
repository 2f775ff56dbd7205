namespace Settlements;

/// <summary>Computes published days again, in their order, on counters of its own. Not thread-safe.</summary>
internal sealed class DayReplay(DayUsage usage, SettlementPlan plan, Settings settings)
{
    /// <summary>The counters after the last computed day.</summary>
    public CounterCache Counters { get; } = new();

    /// <summary>Begins with what a replaced system had counted.</summary>
    public void Begin(IEnumerable<ItemCounter> opening)
    {
        foreach (var counter in opening)
            Counters.Set(counter);
    }

    /// <summary>Computes the next day.</summary>
    /// <param name="day">The day after the last one.</param>
    /// <param name="fromUsage">Whether its usage is read again; else it is taken from the published lines.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The published lines and the computed ones, in the order of reading.</returns>
    public async Task<(List<SettlementLine> Published, PricedItems Computed)> ComputeAsync(
        BusinessDay day, bool fromUsage, CancellationToken cancellationToken)
    {
        var published = await usage.LinesAsync(day.Day, cancellationToken).ConfigureAwait(false);
        var sums = fromUsage
            ? await usage.AsClosedAsync(settings, day.Day, published, cancellationToken).ConfigureAwait(false)
            : DayUsage.AsPublished(day.Day, published);
        var restatements = await usage.RestatementsAsync(day.Day, cancellationToken).ConfigureAwait(false);
        var pricer = new LinePricer(day.Day, plan.Calendar, settings.RatesFor(day.Day));
        var computed = pricer.Price(sums, restatements.ToLookup(r => (r.Meter, r.ItemId)), Counters);
        computed.Lines.Sort(LineOrder.CompareReading);
        Counters.Apply(computed.Counters, computed.Volume, computed.Rounding);
        return (published, computed);
    }
}
