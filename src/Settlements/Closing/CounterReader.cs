using Settlements.Stores;

namespace Settlements;

/// <summary>Reads the counters that are needed to price sums.</summary>
internal static class CounterReader
{
    public static async Task<CounterCache> ReadAsync(
        ICounterStore counters, LinePricer pricer, RatesInForce rates, IReadOnlyList<UsageSum> sums, CancellationToken cancellationToken)
    {
        var cache = new CounterCache();
        foreach (var counter in await counters.ReadAsync(pricer.RequiredCounters(sums), cancellationToken).ConfigureAwait(false))
            cache.Set(counter);
        foreach (var meter in rates.Meters.Where(m => m.HasVolume || m.Rounding == Rounding.Cumulative))
        {
            var items = Items(sums, meter.Meter);
            if (items.Count == 0)
                continue;
            if (meter.HasVolume)
            {
                foreach (var (key, sum) in await counters.ReadVolumeAsync(meter.Meter, items, cancellationToken).ConfigureAwait(false))
                    cache.Set(key, sum);
            }

            if (meter.Rounding == Rounding.Cumulative)
            {
                foreach (var (key, exact) in await counters.ReadRoundingAsync(meter.Meter, items, cancellationToken).ConfigureAwait(false))
                    cache.Set(key, exact);
            }
        }

        return cache;
    }

    /// <summary>Returns the items of a meter, in the order of the sums, each once.</summary>
    public static List<string> Items(IReadOnlyList<UsageSum> sums, string meter)
    {
        var items = new List<string>();
        foreach (var sum in sums)
        {
            if (sum.Meter == meter && (items.Count == 0 || items[^1] != sum.ItemId))
                items.Add(sum.ItemId);
        }

        return items;
    }
}
