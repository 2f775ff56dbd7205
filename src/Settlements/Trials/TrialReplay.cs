using System.Runtime.CompilerServices;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Prices the published usage of a range of items again with the rates of a trial, on the counters at the beginning of its days. Not
/// thread-safe.
/// </summary>
internal sealed class TrialReplay(
    CloseStores stores, Settings settings, SettlementPlan plan, TrialRates rates, DateRange days, TrialTally tally)
{
    private readonly TrialCounters _counters = new(rates, plan.Calendar);
    private readonly HashSet<DateOnly> _restatedOn = [.. settings.Restatements.Select(r => r.PostingDate)];

    /// <summary>Compares the items of a range, and reads all lines from before the days of the trial.</summary>
    /// <param name="firstPublished">The first published day.</param>
    /// <param name="bounds">The range of items, as planned.</param>
    /// <param name="opening">The opening counts of the range.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task CompareAsync(
        DateOnly firstPublished, string bounds, IEnumerable<ItemCounter> opening, CancellationToken cancellationToken)
    {
        foreach (var counter in opening)
            _counters.Begin(counter);
        await foreach (var (lines, restated) in ReadAsync(new DateRange(firstPublished, days.Last), bounds, cancellationToken)
            .ConfigureAwait(false))
        {
            if (days.Contains(lines[0].PostingDate))
            {
                Price(lines[0].PostingDate, lines, restated);
                continue;
            }

            foreach (var line in lines)
                _counters.Add(line, MergedPrice(line, restated));
        }
    }

    /// <summary>
    /// Compares the items of a range, and reads the published counters and the lines since the first day of the trial. Keeps those of the
    /// days of the trial in memory.
    /// </summary>
    /// <param name="start">The beginning of the days.</param>
    /// <param name="bounds">The range of items, as planned.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether the counters at the beginning are known; false if nothing was compared.</returns>
    public async Task<bool> CompareAsync(TrialStart start, string bounds, CancellationToken cancellationToken)
    {
        var since = new TrialCounters(rates, plan.Calendar);
        var tried = new List<(List<SettlementLine> Lines, ILookup<(string, string), RestatementEntry> Restated)>();
        var items = new HashSet<(string Meter, string ItemId)>();
        await foreach (var (lines, restated) in ReadAsync(start.Read, bounds, cancellationToken).ConfigureAwait(false))
        {
            if (days.Contains(lines[0].PostingDate))
            {
                tried.Add((lines, restated));
                items.UnionWith(lines.Select(line => (line.Meter, line.ItemId)));
            }

            foreach (var line in lines.Where(line => items.Contains((line.Meter, line.ItemId))))
                since.Add(line, MergedPrice(line, restated));
        }

        var compared = tried.SelectMany(day => day.Lines);
        if (!await start.SetAsync(compared, since.Cache, _counters.Cache, cancellationToken).ConfigureAwait(false))
            return false;
        foreach (var (lines, restated) in tried)
            Price(lines[0].PostingDate, lines, restated);
        return true;
    }

    /// <summary>Reads the lines of each posting date with the changes of the lines that it restates.</summary>
    private async IAsyncEnumerable<(List<SettlementLine> Lines, ILookup<(string, string), RestatementEntry> Restated)> ReadAsync(
        DateRange read, string bounds, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var day = new List<SettlementLine>();
        await foreach (var line in stores.Lines.ReadRangeAsync(read, bounds, cancellationToken).ConfigureAwait(false))
        {
            if (day.Count > 0 && day[0].PostingDate != line.PostingDate)
            {
                yield return (day, await RestatementsAsync(day, cancellationToken).ConfigureAwait(false));
                day = [];
            }

            day.Add(line);
        }

        if (day.Count > 0)
            yield return (day, await RestatementsAsync(day, cancellationToken).ConfigureAwait(false));
    }

    private async Task<ILookup<(string, string), RestatementEntry>> RestatementsAsync(
        List<SettlementLine> lines, CancellationToken cancellationToken)
    {
        var entries = new List<RestatementEntry>();
        if (_restatedOn.Contains(lines[0].PostingDate))
        {
            var read = stores.Restatements.ReadAsync(
                lines[0].PostingDate, (lines[0].Meter, lines[0].ItemId), (lines[^1].Meter, lines[^1].ItemId), cancellationToken);
            await foreach (var entry in read.ConfigureAwait(false))
                entries.Add(entry);
        }

        return entries.ToLookup(e => (e.Meter, e.ItemId));
    }

    private void Price(DateOnly day, List<SettlementLine> lines, ILookup<(string, string), RestatementEntry> restated)
    {
        var (sums, entries) = (new List<UsageSum>(lines.Count), new List<RestatementEntry>());
        foreach (var line in lines)
        {
            if (line.Price is { } price)
                tally.AddBefore(line.PayeeId, price.Currency, line.Amount);
            if (rates.Of(line.Meter) is null)
                continue;
            if (rates.IsChanged(line.Meter))
                AddChanged(line, restated, sums, entries);
            else if (line.Price is null)
                _counters.Add(line, null); // counted while the meter had no rates
            else
                AddUsage(line, sums);
        }

        // Restatements of meters with the same rates post the same differences.
        entries.AddRange(restated.Where(item => !rates.IsChanged(item.Key.Item1)).SelectMany(item => item));
        var pricer = new LinePricer(day, plan.Calendar, rates.InForce(day));
        var priced = pricer.Price(sums, entries.ToLookup(e => (e.Meter, e.ItemId)), _counters.Cache);
        _counters.Cache.Apply(priced.Counters, priced.Volume, priced.Rounding);
        foreach (var line in priced.Lines)
        {
            if (line.Price is not { } price)
                continue;
            tally.AddAfter(line.PayeeId, price.Currency, line.Amount);

            // A line without units is a difference of other lines, and tries no price.
            if (line.Quantity != 0)
                tally.AddLine(line.Meter, price);
        }

        foreach (var usage in priced.Quarantined)
            tally.AddNotPriced(usage);
    }

    /// <summary>Adds the usage of a line. Other lines have a quantity of 0, so that their item is priced.</summary>
    private static void AddUsage(SettlementLine line, List<UsageSum> sums)
    {
        var isUsage = line.Kind == LineKind.Usage;
        sums.Add(new UsageSum(
            line.Meter, line.ItemId, line.PayeeId, line.UsageDate, isUsage ? line.Quantity : 0, isUsage ? line.Events : 0));
    }

    /// <summary>
    /// Adds the usage of a line of a meter that the candidate changes. A restated quantity is late usage. A restated price of a line within
    /// the days has no counterpart, because the candidate prices its usage right at once; that of an earlier line is posted as it was.
    /// </summary>
    private void AddChanged(
        SettlementLine line, ILookup<(string, string), RestatementEntry> restated, List<UsageSum> sums, List<RestatementEntry> entries)
    {
        if (line.Kind != LineKind.Restatement)
        {
            AddUsage(line, sums);
            return;
        }

        sums.Add(new UsageSum(line.Meter, line.ItemId, line.PayeeId, line.UsageDate, line.Quantity, line.Events));
        if (days.Contains(line.Restates!.Value.PostingDate) || MergedPrice(line, restated) is not { } price)
            return;
        if (rates.FindSame(line.Meter, price.OldScope, price.OldVersion) is not null
            && rates.FindSame(line.Meter, price.NewScope, price.NewVersion) is not null)
        {
            entries.Add(new RestatementEntry(
                line.Restates.Value, line.Meter, line.ItemId, line.PayeeId, line.UsageDate, 0, 0, price));
        }
        else
        {
            var isPriceOnly = line.Quantity == 0 && line.Events == 0;
            tally.AddAfter(line.PayeeId, line.Price!.Currency, isPriceOnly ? line.Amount : price.NewAmount - price.OldAmount);
        }
    }

    private static RestatedPrice? MergedPrice(SettlementLine line, ILookup<(string, string), RestatementEntry> restated) =>
        line.Restates is not { } restates ? null : RestatedPrice.Merge(restated[(line.Meter, line.ItemId)]
            .Where(e => e.Restates == restates && e.UsageDate == line.UsageDate && e.PayeeId == line.PayeeId).Select(e => e.Price));
}
