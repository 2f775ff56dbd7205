using Settlements.Stores;

namespace Settlements;

/// <summary>
/// The sources that reconciling with <see cref="ReconcileOptions.Backfill"/> counted on a usage date before their CountedFrom. The names
/// are stored in the reasons of the resulting adjustments; from then on the rows of that date are compared like all others.
/// </summary>
internal static class BackfilledUsage
{
    private const string Found = "found by reconciling";

    // Names of sources have no control characters.
    private const string Mark = "\nbackfilled source: ";

    public static string Reason(IReadOnlySet<string> sources) =>
        Found + string.Concat(sources.Order(Utf8Order.Instance).Select(source => Mark + source));

    public static IReadOnlySet<string> Of(IEnumerable<Adjustment> adjustments) => adjustments
        .Where(a => a.By is null && a.Reason.StartsWith(Found, StringComparison.Ordinal))
        .SelectMany(a => a.Reason.Split(Mark).Skip(1)).ToHashSet(StringComparer.Ordinal);
}
