using Settlements.Stores;

namespace Settlements;

/// <summary>
/// Checks that rate versions that have priced published days are immutable: none is changed, removed or backdated. Only superseding
/// versions may start on a published day.
/// </summary>
internal static class RateChanges
{
    /// <summary>Returns an error message for every difference that would have changed the prices of published days.</summary>
    /// <param name="recorded">The recorded versions.</param>
    /// <param name="now">The configured versions.</param>
    /// <param name="lastPublished">The last published day; null when there is none.</param>
    /// <param name="unused">
    /// Meters without any published line, whose usage was quarantined: their first rates may start on a published day.
    /// </param>
    /// <param name="earlierForms">Returns the definitions that a configured version had before the catalog ended it.</param>
    public static IReadOnlyList<string> Find(
        IReadOnlyList<RecordedRate> recorded, IReadOnlyList<RecordedRate> now, DateOnly? lastPublished, IReadOnlySet<string>? unused = null,
        Func<RecordedRate, IEnumerable<RecordedRate>>? earlierForms = null)
    {
        var conflicts = new List<string>();
        var before = recorded.ToDictionary(Key);
        var after = now.ToDictionary(Key);
        foreach (var (key, was) in before)
        {
            var isSame = after.TryGetValue(key, out var version)
                && (version.PricesLike(was) || earlierForms?.Invoke(version).Any(form => form.PricesLike(was)) == true);
            if (isSame)
                continue;
            if (!was.IsPriced)
            {
                conflicts.Add(ConflictWithClose(was, version));
            }
            else if (version is null)
            {
                conflicts.Add(
                    $"{Name(was)} has priced published days and is missing. Restore it: [{was.Definition}] from {was.FirstDay:O}.");
            }
            else
            {
                conflicts.Add($"{Name(was)} has priced published days as [{was.Definition}] from {was.FirstDay:O}, and is now "
                    + $"[{version.Definition}] from {version.FirstDay:O}. A version is immutable once it has priced a published day: "
                    + "restore it, and add a new version with a later first day.");
            }
        }

        if (lastPublished is { } last)
        {
            var added = now.Where(
                v => !(before.TryGetValue(Key(v), out var known) && known.IsPriced) && v.FirstDay <= last && !v.IsSuperseding);
            conflicts.AddRange(added.Where(v => unused?.Contains(v.Meter) != true).Select(version =>
                $"{Name(version)} is new and starts on {version.FirstDay:O}, but days through {last:O} are published and immutable. Start "
                + $"it on {last.AddDays(1):O} or later; or let it supersede the version that it corrects, "
                + "with Supersedes(…), and restate the days."));
        }

        return conflicts;
    }

    /// <summary>
    /// Returns the error of a version that a close recorded when it started, and that this instance lacks or has with another definition.
    /// </summary>
    private static string ConflictWithClose(RecordedRate was, RecordedRate? now) =>
        FormattableString.Invariant(
            $"{Name(was)} was recorded by the close of day {was.InForceFrom:O}, which has not published the day, as ")
        + FormattableString.Invariant($"[{was.Definition}] from {was.FirstDay:O}; in this instance it is ")
        + (now is null ? "missing" : FormattableString.Invariant($"[{now.Definition}] from {now.FirstDay:O}"))
        + ". The configuration of this instance is outdated: update it, and close the day. If the recorded version is a mistake, remove it "
        + $"from all instances and discard it: engine.Rates.DiscardAsync(\"{was.Meter}\", \"{was.Scope}\", \"{was.Version}\", by), "
        + "or 'settlement rates discard'.";

    public static (string Meter, string Scope, string Version) Key(RecordedRate rate) => (rate.Meter, rate.Scope, rate.Version);

    private static string Name(RecordedRate rate) =>
        $"Rate table '{rate.Meter}' {(rate.Scope.Length == 0 ? "" : rate.Scope + " ")}{rate.Version}";
}
