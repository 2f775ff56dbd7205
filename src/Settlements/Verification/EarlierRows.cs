using Settlements.Stores;

namespace Settlements;

/// <summary>Finds rows of applications' tables from before the first published day, which no day counts.</summary>
internal static class EarlierRows
{
    /// <summary>Returns the sources that have such rows, each with the earliest instant.</summary>
    public static async Task<List<(IUsageSource Source, DateTimeOffset First)>> FindAsync(
        UsageSources sources, Settings settings, CancellationToken cancellationToken)
    {
        var found = new List<(IUsageSource, DateTimeOffset)>();
        if (settings.Days.Count == 0)
            return found;
        var first = settings.Days[0].Range.Start;
        foreach (var source in sources.Configured)
        {
            // A source with a CountedFrom on or after the first day leaves out earlier rows intentionally.
            if (settings.Sources.Where(s => s.Source == source.Name).All(s => s.CountedFrom >= settings.Days[0].Day)
                && source.Meters.All(m => m.CountedFrom is not null))
            {
                continue;
            }

            if (await source.FindFirstInstantAsync(null, cancellationToken).ConfigureAwait(false) is { } instant && instant < first)
                found.Add((source, instant));
        }

        return found;
    }
}
