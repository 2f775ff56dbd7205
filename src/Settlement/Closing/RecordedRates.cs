using Settlement.Lines;

namespace Settlement.Closing;

/// <summary>Rate versions that priced published days never change, never go, and get no company in the past.</summary>
internal static class RecordedRates
{
    /// <summary>What is different now in a way that published days would have been priced otherwise, in words.</summary>
    public static IReadOnlyList<string> Changes(IReadOnlyList<RecordedRate> recorded, IReadOnlyList<RecordedRate> now, DateOnly? lastPublished)
    {
        var faults = new List<string>();
        var before = recorded.ToDictionary(Key);
        var after = now.ToDictionary(Key);
        foreach (var (key, was) in before)
        {
            if (!after.TryGetValue(key, out var version))
                faults.Add($"{Name(was)} priced published days and is gone. Put it back: [{was.Definition}] from {was.FirstDay:O}.");
            else if (version != was)
            {
                faults.Add($"{Name(was)} priced published days as [{was.Definition}] from {was.FirstDay:O}, and is now [{version.Definition}] from "
                    + $"{version.FirstDay:O}. A version never changes once it has priced: restore it, and add a new version with a later first day.");
            }
        }

        if (lastPublished is { } last)
        {
            faults.AddRange(now.Where(v => !before.ContainsKey(Key(v)) && v.FirstDay <= last).Select(version =>
                $"{Name(version)} is new and starts on {version.FirstDay:O}, but days through {last:O} are published and never change. "
                + $"Let it start on {last.AddDays(1):O} or later."));
        }

        return faults;
    }

    private static (string Meter, string Scope, string Version) Key(RecordedRate rate) => (rate.Meter, rate.Scope, rate.Version);

    private static string Name(RecordedRate rate) => $"Rate table '{rate.Meter}' {(rate.Scope.Length == 0 ? "" : rate.Scope + " ")}{rate.Version}";
}
