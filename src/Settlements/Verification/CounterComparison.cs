using Settlements.Stores;

namespace Settlements;

/// <summary>Compares the stored counters with the counters computed from the published days.</summary>
internal sealed class CounterComparison(ICounterStore store)
{
    private const int ItemsPerRequest = 10_000;

    public async Task CompareAsync(
        DateOnly day, CounterCache counters, VerificationReport.Builder report, CancellationToken cancellationToken)
    {
        foreach (var instance in counters.All().GroupBy(c => c.Instance)
            .OrderBy(i => i.Key.Meter, Utf8Order.Instance).ThenBy(i => i.Key.Period).ThenBy(i => i.Key.Start))
        {
            var expected = instance.ToDictionary(c => c.ItemId, c => c.Quantity, StringComparer.Ordinal);
            foreach (var items in expected.Keys.Order(Utf8Order.Instance).Chunk(ItemsPerRequest))
            {
                var stored = (await store.ReadAsync([new CounterRequest(instance.Key, items)], cancellationToken).ConfigureAwait(false))
                    .ToDictionary(c => c.ItemId, c => c.Quantity, StringComparer.Ordinal);
                foreach (var item in items)
                    report.CompareCounter(day, instance.Key, item, stored.TryGetValue(item, out var found) ? found : null, expected[item]);
            }

            var counted = (await store.CheckAsync(null, 0, [instance.Key], cancellationToken).ConfigureAwait(false))[0];
            if (counted.Items > expected.Count)
                report.AddCounters(day, instance.Key, counted.Items, expected.Count);
        }

        foreach (var meter in counters.AllVolume().GroupBy(v => v.Key.Meter, StringComparer.Ordinal)
            .OrderBy(m => m.Key, Utf8Order.Instance))
        {
            var stored = new Dictionary<VolumeKey, VolumeSum>();
            foreach (var items in Items(meter.Select(v => v.Key.ItemId)))
            {
                foreach (var (key, sum) in await store.ReadVolumeAsync(meter.Key, items, cancellationToken).ConfigureAwait(false))
                    stored[key] = sum;
            }

            foreach (var (key, sum) in meter.OrderBy(v => v.Key.ItemId, Utf8Order.Instance))
                report.CompareVolume(day, key, stored.TryGetValue(key, out var found) ? found : null, sum);
        }

        foreach (var meter in counters.AllRounding().GroupBy(v => v.Key.Meter, StringComparer.Ordinal)
            .OrderBy(m => m.Key, Utf8Order.Instance))
        {
            var stored = new Dictionary<RoundingKey, decimal>();
            foreach (var items in Items(meter.Select(v => v.Key.ItemId)))
            {
                foreach (var (key, exact) in await store.ReadRoundingAsync(meter.Key, items, cancellationToken).ConfigureAwait(false))
                    stored[key] = exact;
            }

            foreach (var (key, exact) in meter.OrderBy(v => v.Key.ItemId, Utf8Order.Instance))
                report.CompareRounding(day, key, stored.TryGetValue(key, out var found) ? found : null, exact);
        }
    }

    private static IEnumerable<string[]> Items(IEnumerable<string> items) =>
        items.Distinct(StringComparer.Ordinal).Order(Utf8Order.Instance).Chunk(ItemsPerRequest);
}
