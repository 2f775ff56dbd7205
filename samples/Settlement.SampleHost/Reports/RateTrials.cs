using Microsoft.Extensions.Options;
using Settlement.SampleHost.Content;
using Settlements;

namespace Settlement.SampleHost.Reports;

/// <summary>What an item was paid in a period, and what another rate table would have paid. Won.</summary>
public sealed record RateTrialItem(string VideoId, string Title, long Quantity, decimal Paid, decimal WouldPay)
{
    public decimal Difference => WouldPay - Paid;
}

/// <param name="Lines">How many lines were priced anew.</param>
/// <param name="Paid">What was paid for them.</param>
/// <param name="WouldPay">What the other table would have paid.</param>
/// <param name="Items">Those with the largest differences.</param>
public sealed record RateTrialResult(long Lines, decimal Paid, decimal WouldPay, IReadOnlyList<RateTrialItem> Items)
{
    public decimal Difference => WouldPay - Paid;
}

/// <summary>
/// Prices published lines by a rate table that nobody has: by the counts that each line holds, rounded as the meter's lines are. Nothing is
/// stored; published lines never change. Thread-safe.
/// </summary>
internal sealed class RateTrials(SettlementEngine engine, VideoTable videos, IOptions<SettlementOptions> options)
{
    private const int ItemsShown = 10;

    public IEnumerable<MeterRates> Rates => options.Value.Rates.Values.OrderByDescending(r => r.Meter, StringComparer.Ordinal);

    /// <param name="meter">Whose lines.</param>
    /// <param name="table">The table to try. It counts over the item's life, as those of the sample do.</param>
    /// <param name="period">The days.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async Task<RateTrialResult> ReadAsync(string meter, RateTable table, ReportPeriod period, CancellationToken cancellationToken)
    {
        var items = new Dictionary<string, (long Quantity, decimal Paid, decimal WouldPay)>(StringComparer.Ordinal);
        var lines = 0L;
        await foreach (var line in engine.Lines.ReadAsync(period.Days, new ItemFilter(meter), cancellationToken))
        {
            if (line.Price is not { } price)
                continue;
            lines++;
            var videoId = PlacementRule.VideoOf(line.ItemId);
            var sum = items.GetValueOrDefault(videoId);
            items[videoId] = (
                sum.Quantity + line.Quantity, sum.Paid + line.Amount,
                sum.WouldPay + price.Currency.Truncate(table.PriceBetween(price.CounterBefore, price.CounterAfter)));
        }

        var most = items.OrderByDescending(i => Math.Abs(i.Value.WouldPay - i.Value.Paid)).ThenBy(i => i.Key, StringComparer.Ordinal).Take(ItemsShown).ToList();
        var titles = await VideoTitles.FindAsync(videos, most.Select(i => i.Key), cancellationToken);
        return new RateTrialResult(
            lines, items.Values.Sum(i => i.Paid), items.Values.Sum(i => i.WouldPay),
            [.. most.Select(i => new RateTrialItem(i.Key, titles.Title(i.Key), i.Value.Quantity, i.Value.Paid, i.Value.WouldPay))]);
    }
}
