using System.Collections.ObjectModel;
using static System.FormattableString;

namespace Settlement.Rates;

/// <summary>The versions of one scope (a meter, or an item's or a payee's own), ordered by first day. Immutable.</summary>
internal sealed class RateVersions
{
    private readonly RateVersion[] _ordered;

    public RateVersions(IEnumerable<RateVersion> versions)
    {
        // A stable sort: versions of one day keep the order in which they were given, so that faults read as the code does.
        _ordered = versions.OrderBy(version => version.FirstDay).ToArray();
        All = Array.AsReadOnly(_ordered);
    }

    /// <summary>The versions in the order of their first days.</summary>
    public ReadOnlyCollection<RateVersion> All { get; }

    /// <summary>The version with the latest first day at or before a day; null before the first. By halving, nothing allocated.</summary>
    public RateVersion? On(DateOnly day)
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

    /// <summary>What is wrong with the versions together, as phrases.</summary>
    public IEnumerable<string> Faults()
    {
        foreach (var (before, after) in _ordered.Zip(_ordered.Skip(1)))
        {
            if (before.FirstDay != after.FirstDay)
                continue;
            yield return Invariant(
                $"versions {before.Version} and {after.Version} both start on {after.FirstDay:O}; give each its own first day");
        }

        foreach (var named in _ordered.GroupBy(version => version.Version, StringComparer.Ordinal).Where(named => named.Count() > 1))
            yield return Invariant($"{named.Count()} versions are named {named.Key}; give each its own name");
    }
}
