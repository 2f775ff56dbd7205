using Settlements.Stores;

namespace Settlements;

/// <summary>Reads the restatements of the items that a chunk prices.</summary>
internal static class RestatementReader
{
    /// <param name="restatements">The restatements.</param>
    /// <param name="day">The posting date.</param>
    /// <param name="sums">The sums of the items, ordered by meter and item.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task<ILookup<(string Meter, string ItemId), RestatementEntry>> ReadAsync(
        IRestatementStore restatements, DateOnly day, IReadOnlyList<UsageSum> sums, CancellationToken cancellationToken)
    {
        var entries = new List<RestatementEntry>();
        if (sums.Count > 0)
        {
            var read = restatements.ReadAsync(
                day, (sums[0].Meter, sums[0].ItemId), (sums[^1].Meter, sums[^1].ItemId), cancellationToken);
            await foreach (var entry in read.ConfigureAwait(false))
                entries.Add(entry);
        }

        return entries.ToLookup(e => (e.Meter, e.ItemId));
    }
}
