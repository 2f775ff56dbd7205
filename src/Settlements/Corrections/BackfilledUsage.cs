using Settlements.Stores;

namespace Settlements;

/// <summary>
/// The sources that reconciling with <see cref="ReconcileOptions.Backfill"/> counted on a usage date before the day that they are counted from. They
/// are named by the adjustments that they brought: from then on their rows of that date are compared as all others are.
/// </summary>
internal static class BackfilledUsage
{
    private const string Found = "found by reconciling";

    // No name of a source has a control character.
    private const string Mark = "\nbackfilled source: ";

    public static string Reason(IReadOnlySet<string> sources) =>
        Found + string.Concat(sources.Order(Utf8Order.Instance).Select(source => Mark + source));

    public static IReadOnlySet<string> Of(IEnumerable<Adjustment> adjustments) => adjustments
        .Where(a => a.By is null && a.Reason.StartsWith(Found, StringComparison.Ordinal))
        .SelectMany(a => a.Reason.Split(Mark).Skip(1)).ToHashSet(StringComparer.Ordinal);
}
