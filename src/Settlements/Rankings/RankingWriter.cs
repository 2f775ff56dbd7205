using System.Data.Common;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Ranks the items of a day, and of its week and month up to that day. The ranking of a week or month is updated from that of the previous
/// day: an item outside of it has at most the quantity of its last rank, so only items that can exceed it with the units of the day are
/// summed again.
/// </summary>
internal sealed class RankingWriter(IRankingStore store, BusinessCalendar calendar, int size)
{
    /// <summary>The maximum number of candidates to look up. With more, one pass over the period is faster.</summary>
    private const int CandidatesMax = 10_000;

    /// <summary>Ranks the items. Does not write.</summary>
    public async Task<IReadOnlyList<StoredRank>> RankAsync(
        DbTransaction transaction, long runId, DateOnly day, IReadOnlyCollection<string> meters, CancellationToken cancellationToken)
    {
        var stored = await store.ListByDayAsync(transaction, day.AddDays(-1), cancellationToken).ConfigureAwait(false);
        var ranks = new List<StoredRank>();
        var tops = new Dictionary<string, IReadOnlyList<ItemQuantity>>(StringComparer.Ordinal);
        foreach (var period in (CalendarPeriod[])[CalendarPeriod.Day, CalendarPeriod.Week, CalendarPeriod.Month])
        {
            var first = calendar.PeriodOf(day, period).First;
            var before = (first < day ? stored.Where(k => k.Period == period) : [])
                .ToLookup(k => k.Meter, k => k.Item, StringComparer.Ordinal);
            foreach (var meter in meters.Concat(before.Select(b => b.Key)).Distinct(StringComparer.Ordinal).Order(Utf8Order.Instance))
            {
                if (!tops.TryGetValue(meter, out var top))
                    tops.Add(meter, top = await TopAsync(transaction, runId, meter, cancellationToken).ConfigureAwait(false));
                var items = await RankAsync(
                    transaction, runId, new DateRange(first, day), meter, [.. before[meter]], top, cancellationToken).ConfigureAwait(false);
                ranks.AddRange(items.Select((item, i) =>
                    new StoredRank(period, meter, new RankedItem(i + 1, item.ItemId, item.PayeeId, item.Quantity))));
            }
        }

        return ranks;
    }

    public Task WriteAsync(DbTransaction transaction, long runId, IReadOnlyList<StoredRank> ranks, CancellationToken cancellationToken) =>
        store.WriteAsync(transaction, runId, ranks, cancellationToken);

    /// <summary>Returns the items of the day that its rankings may need, with one pass over the run for all periods.</summary>
    private Task<IReadOnlyList<ItemQuantity>> TopAsync(
        DbTransaction transaction, long runId, string meter, CancellationToken cancellationToken) =>
        store.TopOfRunAsync(transaction, runId, meter, long.MinValue, Math.Max(CandidatesMax + 1, 2 * size), cancellationToken);

    private async Task<IReadOnlyList<ItemQuantity>> RankAsync(
        DbTransaction transaction, long runId, DateRange days, string meter, List<RankedItem> before, IReadOnlyList<ItemQuantity> top,
        CancellationToken cancellationToken)
    {
        var known = before.ToDictionary(b => b.ItemId, b => new ItemQuantity(b.ItemId, b.PayeeId, b.Quantity), StringComparer.Ordinal);
        var today = await store.SumItemsAsync(transaction, runId, null, meter, [.. known.Keys], cancellationToken).ConfigureAwait(false);
        foreach (var item in today)
            known[item.ItemId] = new ItemQuantity(item) { Quantity = known[item.ItemId].Quantity + item.Quantity };

        // A ranking with fewer items than its size contains all items of the period.
        if (before.Count < size)
        {
            var others = top.Take(size + before.Count).Where(o => !known.ContainsKey(o.ItemId));
            return Best(known.Values.Concat(others));
        }

        var last = before[^1].Quantity;
        var least = known.Values.Min(k => k.Quantity);

        // Other items have at most the quantity of the last rank, or 0 if they are new.
        var quantityMin = least - Math.Max(last, 0);
        var risen = top.TakeWhile(t => t.Quantity >= quantityMin).Take(CandidatesMax + 1).ToList();
        if (today.Count == 0 && risen.Count == 0)
            return Best(known.Values);
        if (risen.Count <= CandidatesMax)
        {
            var candidates = risen.Where(r => !known.ContainsKey(r.ItemId)).Select(r => r.ItemId).ToList();
            var summed = await store.SumItemsAsync(transaction, runId, days, meter, candidates, cancellationToken).ConfigureAwait(false);
            var best = Best(known.Values.Concat(summed));

            // An item that was not ranked and has no units today has at most the previous quantity of the last rank.
            if (best[^1].Quantity > last)
                return best;
        }

        return await store.TopOfPeriodAsync(transaction, runId, days, meter, size, cancellationToken).ConfigureAwait(false);
    }

    private List<ItemQuantity> Best(IEnumerable<ItemQuantity> items) =>
        [.. items.OrderByDescending(i => i.Quantity).ThenBy(i => i.ItemId, Utf8Order.Instance).Take(size)];
}
