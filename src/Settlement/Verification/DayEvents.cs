using System.Text;
using Settlement.Calendars;
using Settlement.Sums;

namespace Settlement.Verification;

/// <summary>What a day's events come to now, and what was published of them.</summary>
internal sealed class DayEvents(IDailyTotalStore totals, IAdjustmentStore adjustments, SettlementOptions options)
{
    /// <summary>The published totals.</summary>
    public async Task<List<DailyTotal>> PublishedAsync(DateOnly day, CancellationToken cancellationToken)
    {
        var published = new List<DailyTotal>();
        await foreach (var total in totals.ReadAsync(new DateRange(day, day), new ItemFilter(), cancellationToken).ConfigureAwait(false))
            published.Add(total);
        return published;
    }

    /// <summary>The events of the day itself and those noted for it, as they are now, summed.</summary>
    public async Task<IReadOnlyList<DailyTotal>> SumAsync(DateOnly day, CancellationToken cancellationToken) =>
        Merge(day, await ReadAsync(day, cancellationToken).ConfigureAwait(false));

    /// <summary>The same less what other days count of it, and with what it counts of other days: what the close came to, or should have.</summary>
    public async Task<IReadOnlyList<DailyTotal>> SumAsClosedAsync(DateOnly day, CancellationToken cancellationToken)
    {
        var (_, elsewhere) = await adjustments.ListOfAsync(day, cancellationToken).ConfigureAwait(false);
        var sums = await ReadAsync(day, cancellationToken).ConfigureAwait(false);
        foreach (var one in elsewhere)
            Add(sums, one, ownDay: 0, sign: -1);
        foreach (var one in await adjustments.ListCountedOnAsync(day, cancellationToken).ConfigureAwait(false))
            Add(sums, one, one.OwnDay.DayNumber, sign: 1);
        return Merge(day, sums);
    }

    private static void Add(TotalsAccumulator sums, Adjustment one, int ownDay, int sign) => sums.Add(
        Encoding.UTF8.GetBytes(one.Meter), Encoding.UTF8.GetBytes(one.ItemId), Encoding.UTF8.GetBytes(one.PayeeId), ownDay,
        sign * one.Quantity, sign * one.Events);

    private async Task<TotalsAccumulator> ReadAsync(DateOnly day, CancellationToken cancellationToken)
    {
        var sums = new TotalsAccumulator();
        foreach (var source in options.AllSources)
            await totals.SumAsync(source, day, options.RequiredCalendar, bounds: null, sums, cancellationToken).ConfigureAwait(false);
        return sums;
    }

    private static IReadOnlyList<DailyTotal> Merge(DateOnly day, TotalsAccumulator sums)
    {
        var merger = new TotalMerger(day);
        foreach (var place in sums.Order())
        {
            var sum = sums.Read(place);
            if (sum.Events == 0 && sum.Quantity == 0)
                continue;
            merger.Add(
                Encoding.UTF8.GetString(sum.Meter), Encoding.UTF8.GetString(sum.ItemId), Encoding.UTF8.GetString(sum.PayeeId), sum.OwnDay,
                sum.Quantity, sum.Events);
        }

        return merger.Totals;
    }
}
