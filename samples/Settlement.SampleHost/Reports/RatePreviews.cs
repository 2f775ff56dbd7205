using Microsoft.Extensions.Options;
using Settlement.SampleHost.Content;
using Settlements;

namespace Settlement.SampleHost.Reports;

/// <summary>The amount paid for a video in a period and the amount of another rate table, in KRW.</summary>
public sealed record RateTrialItem(string VideoId, string Title, long Quantity, decimal Paid, decimal WouldPay)
{
    public decimal Difference => WouldPay - Paid;
}

/// <summary>The result of a trial. Amounts are in KRW.</summary>
/// <param name="Lines">The number of repriced lines.</param>
/// <param name="Paid">The amount that was paid.</param>
/// <param name="WouldPay">The amount by the other rate table.</param>
/// <param name="Items">The videos with the largest differences.</param>
public sealed record RateTrialResult(long Lines, decimal Paid, decimal WouldPay, IReadOnlyList<RateTrialItem> Items)
{
    public decimal Difference => WouldPay - Paid;
}

/// <summary>
/// Reprices published lines by another rate table, from the counters stored in each line, with the rounding of the meter. Stores nothing.
/// Thread-safe.
/// </summary>
internal sealed class RatePreviews(SettlementEngine engine, VideoTable videos, IOptions<SettlementOptions> options)
{
    private const int ItemsMax = 10;

    public IEnumerable<MeterRates> Rates => options.Value.Rates.Values.OrderByDescending(r => r.Meter, StringComparer.Ordinal);

    /// <summary>Reprices the published lines of a period.</summary>
    /// <param name="meter">The meter.</param>
    /// <param name="table">The rate table to try; its counter is the item's lifetime, as in the sample's rates.</param>
    /// <param name="period">The period.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
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

        var most = items.OrderByDescending(i => Math.Abs(i.Value.WouldPay - i.Value.Paid)).ThenBy(i => i.Key, StringComparer.Ordinal)
            .Take(ItemsMax).ToList();
        var titles = await VideoTitles.FindAsync(videos, most.Select(i => i.Key), cancellationToken);
        return new RateTrialResult(
            lines, items.Values.Sum(i => i.Paid), items.Values.Sum(i => i.WouldPay),
            [.. most.Select(i => new RateTrialItem(i.Key, titles.Title(i.Key), i.Value.Quantity, i.Value.Paid, i.Value.WouldPay))]);
    }
}
