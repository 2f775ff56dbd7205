using System.Text;
using Settlements.Stores;

namespace Settlements;

/// <summary>Reads the current usage of a day, and its published lines.</summary>
internal sealed class DayUsage(
    ILineStore lines, IAdjustmentStore adjustments, IRestatementStore restatements, IExcludedUsage excluded)
{
    /// <summary>Returns the published lines of a day.</summary>
    public async Task<List<SettlementLine>> LinesAsync(DateOnly day, CancellationToken cancellationToken)
    {
        var published = new List<SettlementLine>();
        await foreach (var line in lines.ReadAsync(new DateRange(day, day), new ItemFilter(), cancellationToken).ConfigureAwait(false))
            published.Add(line);
        return published;
    }

    /// <summary>Returns the current usage of a usage date in the sources, except events that were posted to later days.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="day">The usage date.</param>
    /// <param name="backfill">The sources whose rows from before their CountedFrom are counted too.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task<IReadOnlyList<UsageSum>> OnTimeAsync(
        Settings settings, DateOnly day, IReadOnlySet<string>? backfill, CancellationToken cancellationToken)
    {
        var totals = await ReadAsync(settings, day, backfill, cancellationToken).ConfigureAwait(false);
        return [.. Merge(day, totals).Where(s => s.UsageDate == day)];
    }

    /// <summary>
    /// Returns the usage that a published day should have counted: the current usage of the day, minus adjustments of the day, plus
    /// excluded usage that was deleted since, plus the adjustments, quarantined usage and restatements that were posted on the day.
    /// </summary>
    public async Task<IReadOnlyList<UsageSum>> AsClosedAsync(
        Settings settings, DateOnly day, IReadOnlyList<SettlementLine> published, CancellationToken cancellationToken)
    {
        var (_, adjusted) = await adjustments.ListByUsageDateAsync(day, cancellationToken).ConfigureAwait(false);
        var totals = await ReadAsync(settings, day, BackfilledUsage.Of(adjusted), cancellationToken).ConfigureAwait(false);
        foreach (var one in adjusted)
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

    /// <summary>Returns the usage that a published day counted, from its lines: for days that are not recomputed.</summary>
    public static IReadOnlyList<UsageSum> AsPublished(DateOnly day, IReadOnlyList<SettlementLine> published)
    {
        var totals = new SumAccumulator();
        foreach (var line in published)
        {
            // Items with only restatements or repricings are included with a quantity of 0, so that they are priced.
            var isUsage = line.Kind == LineKind.Usage;
            var usageDate = line.UsageDate == day ? 0 : line.UsageDate.DayNumber;
            Add(totals, line.Meter, line.ItemId, line.PayeeId, usageDate, isUsage ? line.Quantity : 0, isUsage ? line.Events : 0);
        }

        return Merge(day, totals);
    }

    /// <summary>
    /// Returns the meters whose usage a day quarantined because they were not declared, whatever is declared today: a source selected them
    /// by the value of a column.
    /// </summary>
    public async Task<IReadOnlySet<string>> UndeclaredMetersAsync(Settings settings, DateOnly day, CancellationToken cancellationToken) =>
        (await lines.ListQuarantinedAsync(day, cancellationToken).ConfigureAwait(false)).Where(q => IsUndeclared(settings, q))
            .Select(q => q.Meter).ToHashSet(StringComparer.Ordinal);

    private static bool IsUndeclared(Settings settings, QuarantinedUsage usage) =>
        settings.UsageSources.IsSelectedByValue(usage.Meter) && usage.Reason == PricingErrors.UndeclaredMeter(usage.Meter, usage.ItemId);

    /// <summary>Returns the differences that restatements post on a day.</summary>
    public async Task<List<RestatementEntry>> RestatementsAsync(DateOnly day, CancellationToken cancellationToken)
    {
        var entries = new List<RestatementEntry>();
        await foreach (var entry in restatements.ReadAsync(day, null, null, cancellationToken).ConfigureAwait(false))
            entries.Add(entry);
        return entries;
    }

    /// <summary>
    /// Returns the excluded usage that was deleted from the source since: the missing usage of each item and payee, at most as much as was
    /// excluded.
    /// </summary>
    private async Task<List<UsageSum>> ExcludedAsync(
        DateOnly day, IReadOnlyList<SettlementLine> published, SumAccumulator now, CancellationToken cancellationToken)
    {
        var found = new List<UsageSum>();
        var known = await excluded.ListBySourcesAsync(day, cancellationToken).ConfigureAwait(false);
        if (known.Count == 0)
            return found;
        var current = Merge(day, now).Where(s => s.UsageDate == day).ToDictionary(s => (s.Meter, s.ItemId, s.PayeeId));
        var counted = published.Where(l => l.Kind == LineKind.Usage && l.UsageDate == day)
            .ToDictionary(l => (l.Meter, l.ItemId, l.PayeeId));
        foreach (var one in known)
        {
            var key = (one.Meter, one.ItemId, one.PayeeId);
            var before = counted.GetValueOrDefault(key);
            var after = current.GetValueOrDefault(key);
            var (quantity, events) = one.ExplainedPart(before?.Quantity ?? 0, before?.Events ?? 0, after?.Quantity ?? 0,
                after?.Events ?? 0);
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
            await settings.Scales.SumAsync(source, null, totals, cancellationToken).ConfigureAwait(false);
        return settings.Scales.ToQuantities(totals);
    }

    // The usage date is a day number, 0 for the day itself.
    private static void Add(
        SumAccumulator totals, string meter, string itemId, string payeeId, int usageDate, Int128 quantity, long events) => totals.AddSum(
        Encoding.UTF8.GetBytes(meter), Encoding.UTF8.GetBytes(itemId), Encoding.UTF8.GetBytes(payeeId), usageDate, quantity, events);

    private static List<UsageSum> Merge(DateOnly day, SumAccumulator totals)
    {
        var merged = new List<UsageSum>(totals.Count);
        foreach (var position in totals.Order())
        {
            var sum = totals.Read(position);
            merged.Add(new UsageSum(
                Encoding.UTF8.GetString(sum.Meter), Encoding.UTF8.GetString(sum.ItemId), Encoding.UTF8.GetString(sum.PayeeId),
                sum.UsageDate == 0 ? day : DateOnly.FromDayNumber(sum.UsageDate), sum.Quantity, sum.Events));
        }

        return merged;
    }
}
