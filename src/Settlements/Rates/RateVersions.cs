using System.Collections.ObjectModel;
using System.Runtime.CompilerServices;
using static System.FormattableString;

namespace Settlements;

/// <summary>The versions of one scope (a meter, or the override of an item or a payee), ordered by first day. Immutable.</summary>
internal sealed class RateVersions
{
    /// <summary>The versions that do not supersede another one.</summary>
    private readonly RateVersion[] _ordered;
    private readonly RateVersion[] _superseding;

    /// <summary>The versions in the order in which they were added: those of code first, then those of the store by approval.</summary>
    private readonly RateVersion[] _added;

    public RateVersions(IEnumerable<RateVersion> versions)
    {
        _added = [.. versions];

        // A stable sort: versions with the same first day stay in the order of the code, and so do their errors.
        var all = _added.OrderBy(version => version.FirstDay).ToArray();
        All = Array.AsReadOnly(all);
        _ordered = [.. all.Where(version => version.Supersedes is null)];
        _superseding = [.. all.Where(version => version.Supersedes is not null)];
    }

    /// <summary>The versions that do not supersede another one, ordered by first day.</summary>
    public IReadOnlyList<RateVersion> Ordered => _ordered;

    /// <summary>All versions, ordered by first day.</summary>
    public ReadOnlyCollection<RateVersion> All { get; }

    /// <summary>
    /// Returns the version in force on a day; null before the first, and after the last day of the latest. Does not allocate.
    /// </summary>
    /// <param name="day">The usage date.</param>
    /// <param name="isInForce">Returns whether a superseding version is in force on a day; null for always.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public RateVersion? On(DateOnly day, Func<RateVersion, DateOnly, bool>? isInForce = null)
    {
        var version = LatestOn(day);
        if (version?.LastDay < day)
            return null;
        if (version is null || _superseding.Length == 0)
            return version;

        // A superseding version may itself be superseded.
        for (var hops = 0; hops < _superseding.Length && FindSuperseding(version.Version, day, isInForce) is { } other; hops++)
            version = other;
        return version;
    }

    private RateVersion? FindSuperseding(string version, DateOnly day, Func<RateVersion, DateOnly, bool>? isInForce)
    {
        foreach (var other in _superseding)
        {
            if (other.Supersedes == version && other.FirstDay <= day && !(other.LastDay < day)
                && (isInForce is null || isInForce(other, day)))
                return other;
        }

        return null;
    }

    /// <summary>Returns the version with the latest first day on or before a day, by binary search.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private RateVersion? LatestOn(DateOnly day)
    {
        var (started, notStarted) = (-1, _ordered.Length);
        while (notStarted - started > 1)
        {
            var middle = (started + notStarted) / 2;
            if (_ordered[middle].FirstDay <= day)
                started = middle;
            else
                notStarted = middle;
        }

        return started < 0 ? null : _ordered[started];
    }

    /// <summary>Returns the errors of the versions as a whole, as phrases.</summary>
    public IEnumerable<string> Validate()
    {
        foreach (var (before, after) in _ordered.Zip(_ordered.Skip(1)))
        {
            if (before.FirstDay != after.FirstDay)
                continue;
            yield return Invariant(
                $"versions {before.Version} and {after.Version} both start on {after.FirstDay:O}; use a different first day for each");
        }

        foreach (var version in All.Where(version => version.LastDay < version.FirstDay))
        {
            yield return Invariant(
                $"version {version.Version} ends on {version.LastDay:O}, before its first day {version.FirstDay:O}; end it on that day or ")
                    + "later";
        }

        foreach (var error in _superseding.SelectMany(SupersedingErrors).Concat(SupersededTwice()).Concat(Cycles()))
            yield return error;
        foreach (var named in All.GroupBy(version => version.Version, StringComparer.Ordinal).Where(named => named.Count() > 1))
            yield return Invariant($"{named.Count()} versions have the name {named.Key}; use a different name for each");
    }

    /// <summary>
    /// Returns an error for each version that ends and is followed by dates without a version, as phrases. A version that another one of
    /// the scope follows ends on the day before, at the latest.
    /// </summary>
    /// <param name="nextFirstDay">
    /// The first date from which the next scope has a version on every date; null when there is none. For a meter there is no next scope.
    /// </param>
    public IEnumerable<string> Gaps(DateOnly? nextFirstDay)
    {
        for (var index = 0; index < _ordered.Length; index++)
        {
            var version = _ordered[index];
            if (version.LastDay is not { } last || last == DateOnly.MaxValue)
                continue;
            var (gap, next) = (last.AddDays(1), index + 1 < _ordered.Length ? _ordered[index + 1] : null);
            if (next?.FirstDay <= gap || nextFirstDay <= gap)
                continue;
            yield return Invariant($"has a gap: version {version.Version} ends on {last:O}, and no version prices {gap:O}")
                + Invariant($"; add a version that starts on {gap:O} or earlier{(next is null ? "" : ", or end it later")}");
        }
    }

    /// <summary>Of two versions that supersede the same one on the same dates, the second would never price anything.</summary>
    private IEnumerable<string> SupersededTwice()
    {
        for (var i = 0; i < _added.Length; i++)
        {
            var version = _added[i];
            if (version.Supersedes is not { } old || Array.Find(_added[..i], other => other.Supersedes == old
                && !(other.LastDay < version.FirstDay) && !(version.LastDay < other.FirstDay)) is not { } other)
                continue;
            yield return Invariant($"version {version.Version} supersedes {old}, which is already superseded by {other.Version}; ")
                + "supersede " + (version.FirstDay >= other.FirstDay ? other.Version
                    : Invariant($"{other.Version} from {other.FirstDay:O} on, or end this version on {other.FirstDay.AddDays(-1):O}"));
        }
    }

    /// <summary>Versions that supersede each other would never price anything. Each cycle is named once.</summary>
    private IEnumerable<string> Cycles()
    {
        var byName = _superseding.GroupBy(version => version.Version, StringComparer.Ordinal)
            .ToDictionary(named => named.Key, named => named.First(), StringComparer.Ordinal);
        var seen = new HashSet<RateVersion>();
        foreach (var version in _added)
        {
            var path = new List<RateVersion>();
            var at = version.Supersedes is null ? null : version;
            while (at is not null && seen.Add(at))
            {
                path.Add(at);
                at = byName.GetValueOrDefault(at.Supersedes!);
            }

            // A version that supersedes itself is reported as one that supersedes nothing.
            var first = at is null ? -1 : path.IndexOf(at);
            if (first < 0 || path.Count - first < 2)
                continue;
            yield return $"versions {string.Join(" and ", path.Skip(first).Select(v => v.Version))} supersede each other; let one of them "
                + "supersede none";
        }
    }

    private IEnumerable<string> SupersedingErrors(RateVersion version)
    {
        if (All.FirstOrDefault(other => other.Version == version.Supersedes && other != version) is not { } old)
        {
            yield return Invariant(
                $"version {version.Version} supersedes {version.Supersedes}, which does not exist; use a version of the same scope");
            yield break;
        }

        if (version.FirstDay < old.FirstDay)
        {
            yield return Invariant(
                $"version {version.Version} supersedes {old.Version} from {version.FirstDay:O}, before its first day {old.FirstDay:O}; ")
                    + "start it on that day or later";
        }

        if (!version.Currency.Equals(old.Currency))
        {
            yield return Invariant(
                $"version {version.Version} supersedes {old.Version} with the currency {version.Currency} instead of {old.Currency}; ")
                    + "use the same currency";
        }

        if (version.Table.CounterPeriod != old.Table.CounterPeriod)
        {
            yield return Invariant(
                $"version {version.Version} supersedes {old.Version} with another counter period; ")
                    + "use the same period, because restated lines keep their counters";
        }
    }
}
