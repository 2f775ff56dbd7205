using System.Text;
using Settlements.Stores;

namespace Settlements;

/// <summary>Finds the differences between published lines and the same lines recomputed with the current settings.</summary>
internal sealed class RestatementFinder(CloseStores stores, IExcludedUsage excluded, SettlementPlan plan)
{
    /// <summary>The differences, and the versions and revisions with which they were computed.</summary>
    internal sealed record Found(
        IReadOnlyList<RestatementEntry> Entries, string[][] Versions, IReadOnlyDictionary<DateOnly, int> Revisions,
        bool SourcesAreRecorded);

    public async Task<Found> FindAsync(Settings settings, DateRange days, CancellationToken cancellationToken)
    {
        var published = settings.Days.Where(d => d.State == DayState.Published).ToList();
        if (published.Count == 0 || published[^1].Day < days.First)
            return new Found([], [], new Dictionary<DateOnly, int>(), SourcesAreRecorded: true);

        var versions = Superseding(settings, days);
        var revisions = new Dictionary<DateOnly, int>();
        var entries = (await PricesAsync(settings, days, versions, published[^1].Day, cancellationToken).ConfigureAwait(false))
            .ToDictionary(e => (e.Meter, e.ItemId, e.PayeeId, e.UsageDate, e.Restates));
        var areRecorded = true;
        foreach (var day in published.Where(d => days.Contains(d.Day) && d.HasEvents))
        {
            areRecorded &= settings.FindSourceMismatch(day.Day) is null;
            var (revision, changed) = await QuantitiesAsync(settings, day.Day, cancellationToken).ConfigureAwait(false);
            revisions.Add(day.Day, revision);
            foreach (var one in changed)
            {
                var key = (one.Meter, one.ItemId, one.PayeeId, one.UsageDate, one.Restates);
                entries[key] = entries.TryGetValue(key, out var priced)
                    ? new RestatementEntry(priced) { Quantity = one.Quantity, Events = one.Events }
                    : one;
            }
        }

        return new Found(
            [.. entries.Values.OrderBy(e => e.Meter, Utf8Order.Instance).ThenBy(e => e.ItemId, Utf8Order.Instance)
                .ThenBy(e => e.PayeeId, Utf8Order.Instance).ThenBy(e => e.UsageDate)
                    .ThenBy(e => e.Restates.ToString(), StringComparer.Ordinal)],
            [.. versions.Select(v => (string[])[v.Meter, v.Scope, v.Version])], revisions, areRecorded);
    }

    private static List<(string Meter, string Scope, string Version)> Superseding(Settings settings, DateRange days) =>
        [.. settings.MeterRates.Values.SelectMany(r => r.All().Where(v => v.Supersedes is not null && v.FirstDay <= days.Last)
            .Select(v => (r.Meter, v.Scope, v.Version)))];

    /// <summary>Returns the lines whose price differs with the current rate versions, on the recorded counters of the lines.</summary>
    private async Task<List<RestatementEntry>> PricesAsync(
        Settings settings, DateRange days, List<(string, string, string)> versions, DateOnly lastPublished,
        CancellationToken cancellationToken)
    {
        var restated = settings.Restatements.Select(r => new RestatedDays(r.PostingDate, r.Days, r.Versions.ToHashSet()))
            .Append(new RestatedDays(default, days, versions.ToHashSet()));
        var rates = new RatesInForce(
            settings.MeterRates, settings.Rates.Where(r => r.IsPriced), restated, lastPublished.AddDays(1));
        var lines = new RestatementCalculator(rates, plan.Calendar, days);

        // Usage of these days may have been posted on any later day; the lines of an item on a posting date are priced together.
        var item = new List<SettlementLine>();
        var read = stores.Lines.ReadAsync(new DateRange(days.First, Later(lastPublished, days.First)), new ItemFilter(), cancellationToken);
        await foreach (var line in read.ConfigureAwait(false))
        {
            if (item.Count > 0 && (item[0].PostingDate, item[0].Meter, item[0].ItemId) != (line.PostingDate, line.Meter, line.ItemId))
                Flush();
            item.Add(line);
        }

        Flush();

        // Approved restatements that are not posted yet are treated like lines.
        foreach (var postingDate in settings.Restatements.Select(r => r.PostingDate).Where(d => d > lastPublished).Distinct().Order())
        {
            await foreach (var entry in stores.Restatements.ReadAsync(postingDate, null, null, cancellationToken).ConfigureAwait(false))
                lines.AddApproved(entry);
        }

        return [.. lines.Entries()];

        void Flush()
        {
            item.Sort(static (a, b) => LineOrder.ComparePricing(
                (a.UsageDate, a.PayeeId, a.Kind, a.Restates), (b.UsageDate, b.PayeeId, b.Kind, b.Restates)));
            lines.Add(item);
            item.Clear();
        }
    }

    /// <summary>Returns the sums of a day that differ with the current sources.</summary>
    private async Task<(int Revision, List<RestatementEntry> Entries)> QuantitiesAsync(
        Settings settings, DateOnly day, CancellationToken cancellationToken)
    {
        var (revision, adjustments) = await stores.Adjustments.ListByUsageDateAsync(day, cancellationToken).ConfigureAwait(false);
        var differences = new DayDifferences(day);
        var read = new SumAccumulator();
        foreach (var source in settings.SourcesOn(day, BackfilledUsage.Of(adjustments)))
            await settings.Scales.SumAsync(source, null, read, cancellationToken).ConfigureAwait(false);
        read = settings.Scales.ToQuantities(read);
        foreach (var position in read.Order())
        {
            var sum = read.Read(position);
            if (sum.UsageDate == 0)
            {
                differences.AddCurrent(new UsageSum(
                    Encoding.UTF8.GetString(sum.Meter), Encoding.UTF8.GetString(sum.ItemId), Encoding.UTF8.GetString(sum.PayeeId), day,
                    sum.Quantity,
                    sum.Events));
            }
        }

        await foreach (var line in stores.Lines.ReadAsync(new DateRange(day, day), new ItemFilter(), cancellationToken)
            .ConfigureAwait(false))
            differences.AddPublished(line);
        foreach (var one in await stores.Lines.ListQuarantinedAsync(day, cancellationToken).ConfigureAwait(false))
            differences.AddQuarantined(one);
        foreach (var one in adjustments)
            differences.AddAdjustment(one);
        foreach (var one in await excluded.ListBySourcesAsync(day, cancellationToken).ConfigureAwait(false))
            differences.Explain(one);
        return (revision, [.. differences.Each().Where(IsCovered).Select(d => new RestatementEntry(
            new RestatedLine(day, LineKind.Usage), d.Meter, d.ItemId, d.PayeeId, day, (long)d.Quantity, d.Events, null))]);

        // Usage that no version prices is only reported by a reconciliation, so that it does not prevent the restatement of other usage.
        bool IsCovered(UsageSum sum) => !settings.MeterRates.TryGetValue(sum.Meter, out var rates)
            || rates.Find(sum.UsageDate, sum.ItemId, sum.PayeeId) is not null;
    }

    private static DateOnly Later(DateOnly a, DateOnly b) => a > b ? a : b;
}
