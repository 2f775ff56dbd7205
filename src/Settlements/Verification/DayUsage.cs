using System.Text;
using Settlements.Stores;

namespace Settlements;

/// <summary>What the usage of a day comes to now, and what was published of it.</summary>
internal sealed class DayUsage(
    ILineStore lines, IAdjustmentStore adjustments, IRestatementStore restatements, IExcludedUsage excluded)
{
    /// <summary>The published lines of a day.</summary>
    public async Task<List<SettlementLine>> LinesAsync(DateOnly day, CancellationToken cancellationToken)
    {
        var published = new List<SettlementLine>();
        await foreach (var line in lines.ReadAsync(new DateRange(day, day), new ItemFilter(), cancellationToken).ConfigureAwait(false))
            published.Add(line);
        return published;
    }

    /// <summary>The usage of the day itself as the sources have it now, less late events.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="day">The usage date.</param>
    /// <param name="backfill">Sources that count whatever they are counted from.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task<IReadOnlyList<UsageSum>> OnTimeAsync(
        Settings settings, DateOnly day, IReadOnlySet<string>? backfill, CancellationToken cancellationToken)
    {
        var totals = await ReadAsync(settings, day, backfill, cancellationToken).ConfigureAwait(false);
        return [.. Merge(day, totals).Where(s => s.UsageDate == day)];
    }

    /// <summary>
    /// What a published day should have counted: the usage of the day as it is now, without what other days count of it, and with what was posted to
    /// the day. What was accepted or excluded since is no difference.
    /// </summary>
    public async Task<IReadOnlyList<UsageSum>> AsClosedAsync(
        Settings settings, DateOnly day, IReadOnlyList<SettlementLine> published, CancellationToken cancellationToken)
    {
        var (_, elsewhere) = await adjustments.ListByUsageDateAsync(day, cancellationToken).ConfigureAwait(false);
        var totals = await ReadAsync(settings, day, BackfilledUsage.Of(elsewhere), cancellationToken).ConfigureAwait(false);
        foreach (var one in elsewhere)
            Add(totals, one.Meter, one.ItemId, one.PayeeId, 0, -(Int128)one.Quantity, -one.Events);
        foreach (var one in await ExcludedAsync(day, published, totals, cancellationToken).ConfigureAwait(false))
            Add(totals, one.Meter, one.ItemId, one.PayeeId, 0, one.Quantity, one.Events);
        foreach (var one in await adjustments.ListPostedOnAsync(day, cancellationToken).ConfigureAwait(false))
            Add(totals, one.Meter, one.ItemId, one.PayeeId, one.UsageDate.DayNumber, one.Quantity, one.Events);
        foreach (var one in await lines.ListQuarantinedAsync(day.AddDays(-1), cancellationToken).ConfigureAwait(false))
            Add(totals, one.Meter, one.ItemId, one.PayeeId, one.UsageDate.DayNumber, one.Quantity, one.Events);
        foreach (var one in await RestatementsAsync(day, cancellationToken).ConfigureAwait(false))
            Add(totals, one.Meter, one.ItemId, one.PayeeId, one.UsageDate.DayNumber, 0, 0);
        return Merge(day, totals);
    }

    /// <summary>The same from the published lines: for days that are not computed again.</summary>
    public static IReadOnlyList<UsageSum> AsPublished(DateOnly day, IReadOnlyList<SettlementLine> published)
    {
        var totals = new SumAccumulator();
        foreach (var line in published)
        {
            // Items with restatements or repricings alone are there with a quantity of 0, and priced.
            var isUsage = line.Kind == LineKind.Usage;
            var ownDay = line.UsageDate == day ? 0 : line.UsageDate.DayNumber;
            Add(totals, line.Meter, line.ItemId, line.PayeeId, ownDay, isUsage ? line.Quantity : 0, isUsage ? line.Events : 0);
        }

        return Merge(day, totals);
    }

    /// <summary>The differences that restatements post on a day.</summary>
    public async Task<List<RestatementEntry>> RestatementsAsync(DateOnly day, CancellationToken cancellationToken)
    {
        var entries = new List<RestatementEntry>();
        await foreach (var entry in restatements.ReadAsync(day, null, null, cancellationToken).ConfigureAwait(false))
            entries.Add(entry);
        return entries;
    }

    /// <summary>
    /// Usage that was excluded and that the source has dropped since: of each item and payee as much as is missing, and no more than was excluded.
    /// </summary>
    private async Task<List<UsageSum>> ExcludedAsync(
        DateOnly day, IReadOnlyList<SettlementLine> published, SumAccumulator now, CancellationToken cancellationToken)
    {
        var found = new List<UsageSum>();
        var known = await excluded.ListBySourcesAsync(day, cancellationToken).ConfigureAwait(false);
        if (known.Count == 0)
            return found;
        var there = Merge(day, now).Where(s => s.UsageDate == day).ToDictionary(s => (s.Meter, s.ItemId, s.PayeeId));
        var then = published.Where(l => l.Kind == LineKind.Usage && l.UsageDate == day).ToDictionary(l => (l.Meter, l.ItemId, l.PayeeId));
        foreach (var one in known)
        {
            var key = (one.Meter, one.ItemId, one.PayeeId);
            var before = then.GetValueOrDefault(key);
            var after = there.GetValueOrDefault(key);
            var (quantity, events) = one.ExplainedPart(before?.Quantity ?? 0, before?.Events ?? 0, after?.Quantity ?? 0, after?.Events ?? 0);
            if (quantity != 0 || events != 0)
                found.Add(new UsageSum(one.Meter, one.ItemId, one.PayeeId, day, quantity, events));
        }

        return found;
    }

    private static async Task<SumAccumulator> ReadAsync(
        Settings settings, DateOnly day, IReadOnlySet<string>? backfill, CancellationToken cancellationToken)
    {
        var totals = new SumAccumulator();
        foreach (var source in settings.SourcesOn(day, backfill))
            await source.SumAsync(totals, cancellationToken).ConfigureAwait(false);
        return totals;
    }

    private static void Add(SumAccumulator totals, string meter, string itemId, string payeeId, int ownDay, Int128 quantity, long events) => totals.AddSum(
        Encoding.UTF8.GetBytes(meter), Encoding.UTF8.GetBytes(itemId), Encoding.UTF8.GetBytes(payeeId), ownDay, quantity, events);

    private static List<UsageSum> Merge(DateOnly day, SumAccumulator totals)
    {
        var merged = new List<UsageSum>(totals.Count);
        foreach (var place in totals.Order())
        {
            var sum = totals.Read(place);
            merged.Add(new UsageSum(
                Encoding.UTF8.GetString(sum.Meter), Encoding.UTF8.GetString(sum.ItemId), Encoding.UTF8.GetString(sum.PayeeId),
                sum.UsageDate == 0 ? day : DateOnly.FromDayNumber(sum.UsageDate), sum.Quantity, sum.Events));
        }

        return merged;
    }
}
