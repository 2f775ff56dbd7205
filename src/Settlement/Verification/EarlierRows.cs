using Settlement.BillableEvents;
using Settlement.Closing;
using Settlement.Sums;

namespace Settlement.Verification;

/// <summary>Finds rows of applications' tables from before the first published day, that no day counts.</summary>
internal static class EarlierRows
{
    /// <returns>The sources that have such rows, with the earliest instant.</returns>
    public static async Task<List<(EventSource Source, DateTimeOffset First)>> FindAsync(
        ISumStore sums, Settings settings, SettlementPlan plan, CancellationToken cancellationToken)
    {
        var found = new List<(EventSource, DateTimeOffset)>();
        if (settings.Days.Count == 0)
            return found;
        var first = settings.Days[0].Range.Start;
        foreach (var source in plan.Sources)
        {
            // A source that counts from the first day on or later is meant to leave earlier rows out.
            if (settings.Sources.Where(s => s.Source == source.Name).All(s => s.CountedFrom >= settings.Days[0].Day)
                && source.Measures.All(m => m.CountedFrom is not null))
            {
                continue;
            }

            if (await sums.FindFirstEventAsync(source, null, cancellationToken).ConfigureAwait(false) is { } instant && instant < first)
                found.Add((source, instant));
        }

        return found;
    }
}
