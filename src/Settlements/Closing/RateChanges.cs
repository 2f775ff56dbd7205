using Settlements.Stores;

namespace Settlements;

/// <summary>Rate versions that priced published days are immutable: none can be changed, removed or backdated. Superseding versions may start in published days.</summary>
internal static class RateChanges
{
    /// <summary>Every difference that would have priced published days otherwise, as sentences.</summary>
    public static IReadOnlyList<string> Find(IReadOnlyList<RecordedRate> recorded, IReadOnlyList<RecordedRate> now, DateOnly? lastPublished)
    {
        var conflicts = new List<string>();
        var before = recorded.ToDictionary(Key);
        var after = now.ToDictionary(Key);
        foreach (var (key, was) in before)
        {
            if (!after.TryGetValue(key, out var version))
                conflicts.Add($"{Name(was)} priced published days and is missing. Restore it: [{was.Definition}] from {was.FirstDay:O}.");
            else if (!version.PricesLike(was))
            {
                conflicts.Add($"{Name(was)} priced published days as [{was.Definition}] from {was.FirstDay:O}, and is now [{version.Definition}] from "
                    + $"{version.FirstDay:O}. A version is immutable once it has priced: restore it, and add a new version with a later first day.");
            }
        }

        if (lastPublished is { } last)
        {
            conflicts.AddRange(now.Where(v => !before.ContainsKey(Key(v)) && v.FirstDay <= last && !v.IsSuperseding).Select(version =>
                $"{Name(version)} is new and starts on {version.FirstDay:O}, but days through {last:O} are published and never change. "
                + $"Start it on {last.AddDays(1):O} or later, or let it supersede the version that it corrects: Supersedes(…), and restate the days."));
        }

        return conflicts;
    }

    private static (string Meter, string Scope, string Version) Key(RecordedRate rate) => (rate.Meter, rate.Scope, rate.Version);

    private static string Name(RecordedRate rate) => $"Rate table '{rate.Meter}' {(rate.Scope.Length == 0 ? "" : rate.Scope + " ")}{rate.Version}";
}
