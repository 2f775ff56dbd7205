using Settlements.Stores;

namespace Settlements;

/// <summary>A version of an imported file.</summary>
/// <param name="Place">The JSON path or the row, for errors.</param>
/// <param name="Meter">The meter.</param>
/// <param name="Version">The version, with its scope.</param>
/// <param name="Rounding">The rounding of the meter; null when it is not given.</param>
internal sealed record ImportedRate(string Place, string Meter, RateVersion Version, Rounding? Rounding)
{
    public (string Meter, string Scope, string Version) Key => (Meter, Version.Scope, Version.Version);

    public string Name => RateTexts.Name(Meter, Version.Scope, Version.Version);

    /// <summary>
    /// Returns the versions in an order in which each can be approved after those before it: those of a meter before its overrides; of a
    /// scope the later versions first, so that a version that ends is followed by another one; superseding versions after those that they
    /// supersede.
    /// </summary>
    public static IReadOnlyList<ImportedRate> InOrderOfApproval(IReadOnlyList<ImportedRate> rates)
    {
        var byKey = rates.ToDictionary(rate => rate.Key);
        return [.. rates.OrderBy(rate => rate.Meter, Utf8Order.Instance).ThenBy(rate => rate.Version.Scope, Utf8Order.Instance)
            .ThenBy(Depth).ThenByDescending(rate => rate.Version.FirstDay)];

        int Depth(ImportedRate rate)
        {
            var depth = 0;
            for (ImportedRate? at = rate; at?.Version.Supersedes is { } superseded && depth < rates.Count; depth++)
                at = byKey.GetValueOrDefault((at.Meter, at.Version.Scope, superseded));
            return depth;
        }
    }
}
