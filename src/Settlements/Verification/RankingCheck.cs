using Settlements.Stores;

namespace Settlements;

/// <summary>Recomputes rankings from published lines, day by day, and compares them with the stored rankings. Not thread-safe.</summary>
internal sealed class RankingCheck(IRankingStore store, SettlementPlan plan)
{
    private static readonly CalendarPeriod[] Periods = [CalendarPeriod.Day, CalendarPeriod.Week, CalendarPeriod.Month];

    private readonly Dictionary<(CalendarPeriod Period, string Meter), Dictionary<string, (long Quantity, string PayeeId)>> _sums = [];
    private readonly Dictionary<CalendarPeriod, DateOnly> _starts = [];

    /// <summary>Adds the lines of the next day.</summary>
    public void Add(DateOnly day, IReadOnlyList<SettlementLine> lines)
    {
        foreach (var period in Periods)
        {
            var start = plan.Calendar.PeriodOf(day, period).First;
            if (_starts.GetValueOrDefault(period) != start)
            {
                _starts[period] = start;
                foreach (var key in _sums.Keys.Where(k => k.Period == period).ToList())
                    _sums.Remove(key);
            }

            // The payee is that of the item's latest day in the period; if that day has several, the last in UTF-8 order.
            foreach (var item in lines.GroupBy(l => (l.Meter, l.ItemId)))
            {
                if (!_sums.TryGetValue((period, item.Key.Meter), out var items))
                    _sums.Add((period, item.Key.Meter), items = new Dictionary<string, (long, string)>(StringComparer.Ordinal));
                items[item.Key.ItemId] = (
                    items.GetValueOrDefault(item.Key.ItemId).Quantity + item.Sum(l => l.Quantity),
                    item.Select(l => l.PayeeId).Max(Utf8Order.Instance)!);
            }
        }
    }

    public async Task CompareAsync(DateOnly day, VerificationReport.Builder report, CancellationToken cancellationToken)
    {
        foreach (var ((period, meter), items) in _sums.OrderBy(s => s.Key.Period).ThenBy(s => s.Key.Meter, Utf8Order.Instance))
        {
            var computed = items.OrderByDescending(i => i.Value.Quantity).ThenBy(i => i.Key, Utf8Order.Instance).Take(plan.RankingSize)
                .Select((item, i) => new RankedItem(i + 1, item.Key, item.Value.PayeeId, item.Value.Quantity)).ToList();
            var stored = await store.ReadAsync(period, new DateRange(day, day), meter, plan.RankingSize, cancellationToken)
                .ConfigureAwait(false);
            report.CompareRanking(day, period, meter, stored, computed);
        }
    }
}
