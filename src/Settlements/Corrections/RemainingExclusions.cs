using Settlements.Stores;

namespace Settlements;

/// <summary>
/// The excluded rows of applications' tables that were still in their sources at the last reconciliation. Deleted rows explain a decrease
/// once: it is recorded, so that they do not also offset rows that arrive later.
/// </summary>
internal sealed class RemainingExclusions(IExclusionStore exclusions, IAdjustmentStore adjustments) : IExcludedUsage
{
    private const string Dropped = "excluded rows that the source has dropped";

    public async Task<IReadOnlyList<ExcludedUsage>> ListBySourcesAsync(DateOnly usageDate, CancellationToken cancellationToken)
    {
        var excluded = await exclusions.ListBySourcesAsync(usageDate, cancellationToken).ConfigureAwait(false);
        if (excluded.Count == 0)
            return excluded;
        var (_, decided) = await adjustments.ListByUsageDateAsync(usageDate, cancellationToken).ConfigureAwait(false);
        var dropped = decided.Where(a => a.By is null && a.PostingDate is null && a.Reason == Dropped)
            .GroupBy(a => (a.Meter, a.ItemId, a.PayeeId))
            .ToDictionary(a => a.Key, a => (Quantity: a.Sum(one => one.Quantity), Events: a.Sum(one => one.Events)));
        return [.. excluded.Select(e => dropped.TryGetValue((e.Meter, e.ItemId, e.PayeeId), out var deleted)
            ? new ExcludedUsage(e)
            {
                Quantity = Math.Max(0, e.Quantity + deleted.Quantity), Events = Math.Max(0, e.Events + deleted.Events),
            }
            : e)];
    }

    /// <summary>Creates the adjustment for a decrease that an exclusion explains: accepted without posting.</summary>
    /// <param name="explained">The part of the excluded usage that was deleted from the source.</param>
    public static Adjustment Record(ExcludedUsage explained) => new(
        explained.UsageDate, null, explained.Meter, explained.ItemId, explained.PayeeId, -explained.Quantity, -explained.Events, Dropped,
        null);
}
