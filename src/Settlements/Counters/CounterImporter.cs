using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Imports the cumulative counts of a replaced system, so that tiers continue from them. Usable once, before the first close. Thread-safe.
/// </summary>
/// <example>
/// <code>await engine.Counters.ImportCountersAsync([("video.view", "v1", 98_000)], by: "ann");</code>
/// </example>
public sealed class CounterImporter
{
    private readonly ICounterStore _store;
    private readonly RateReader _rates;

    internal CounterImporter(ICounterStore store, RateReader rates)
    {
        _store = store;
        _rates = rates;
    }

    /// <summary>Validates and stores opening counts: the initial lifetime counters of items.</summary>
    /// <param name="counters">
    /// The meter, item and count; each item of a meter once. Counts from 0 to <see cref="RateTable.CountMax"/>.
    /// </param>
    /// <param name="by">The acting user, who is recorded.</param>
    /// <param name="cancellationToken">Cancels the call; then nothing is stored.</param>
    /// <returns>The number of stored counters.</returns>
    /// <exception cref="ArgumentException">Counts are invalid. The message lists the first ten errors, and nothing is stored.</exception>
    /// <exception cref="InvalidOperationException">A day is closing or published, or opening counts were imported before.</exception>
    /// <remarks>The units of an opening count have no payee: they advance the counter of a volume table, and are not repriced.</remarks>
    public async Task<int> ImportCountersAsync(
        IEnumerable<(string Meter, string ItemId, long Quantity)> counters, string by, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(counters);
        ArgumentException.ThrowIfNullOrWhiteSpace(by);
        var all = counters.ToList();
        var meters = (await _rates.ReadAsync(cancellationToken).ConfigureAwait(false)).Meters;
        var errors = all.SelectMany((c, i) => Errors(meters, c, i + 1))
            .Concat(all.GroupBy(c => (c.Meter, c.ItemId)).Where(g => g.Count() > 1)
                .Select(g => FormattableString.Invariant(
                    $"meter '{g.Key.Meter}', item '{g.Key.ItemId}' has {g.Count()} counts; import one")))
            .Take(10).ToList();
        if (errors.Count > 0)
            throw new ArgumentException($"No opening counts were stored: {string.Join("; ", errors)}.", nameof(counters));

        await _store.AddOpeningAsync(
            [.. all.OrderBy(c => c.Meter, Utf8Order.Instance).ThenBy(c => c.ItemId, Utf8Order.Instance)
                .Select(c => new ItemCounter(new CounterInstance(c.Meter, CounterPeriod.Lifetime, BusinessCalendar.FirstDay), c.ItemId,
                    c.Quantity))],
            by, cancellationToken).ConfigureAwait(false);
        return all.Count;
    }

    private static IEnumerable<string> Errors(
        IReadOnlyDictionary<string, MeterRates> meters, (string Meter, string ItemId, long Quantity) counter, int number)
    {
        if (!meters.TryGetValue(counter.Meter, out var rates))
            yield return FormattableString.Invariant($"count {number}: meter '{counter.Meter}' has no rates, so it has no counters");
        else if (!rates.Periods.Contains(CounterPeriod.Lifetime))
            yield return FormattableString.Invariant($"count {number}: meter '{counter.Meter}' has no version with the period Lifetime");
        if (string.IsNullOrEmpty(counter.ItemId) || CodePoints.Count(counter.ItemId) > UsageEvent.TextLengthMax)
        {
            yield return FormattableString.Invariant(
                $"count {number}: item '{counter.ItemId}' is empty or too long; use 1 to {UsageEvent.TextLengthMax} characters");
        }

        if (counter.Quantity is < 0 or > RateTable.CountMax)
            yield return FormattableString.Invariant($"count {number}: {counter.Quantity} is out of range; use 0 to {RateTable.CountMax}");
    }
}
