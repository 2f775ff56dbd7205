using Settlements.Stores;

namespace Settlements;

/// <summary>The result of a trial: the published amounts of days, and those of other rates. Immutable.</summary>
public sealed class TrialReport
{
    /// <summary>The maximum number of sentences in <see cref="Violations"/>, and of <see cref="NotPriced"/>: 1,000.</summary>
    public const int ViolationsMax = 1_000;

    internal TrialReport(DateRange days, TrialGate? gate, IReadOnlyList<TrialTotal> totals, IReadOnlyList<string> notPriced,
        long notPricedCount, string hash, IReadOnlyList<TriedVersion> versions, bool isOneVersion)
    {
        (Days, Gate, Totals, NotPriced, NotPricedCount, Hash, Versions, IsOneVersion) =
            (days, gate, totals, notPriced, notPricedCount, hash, versions, isOneVersion);
        NewVersions = [.. versions.Where(version => version.IsNew)];
        var (first, count) = (new List<string>(), 0L);
        foreach (var violation in AllViolations())
        {
            if (count++ < ViolationsMax)
                first.Add(violation);
        }

        (Violations, ViolationsCount) = (first, count);
    }

    /// <summary>The posting dates that were compared, both ends included; all are published.</summary>
    public DateRange Days { get; }

    /// <summary>The limits; null for none.</summary>
    public TrialGate? Gate { get; }

    /// <summary>The amounts, one entry for each currency, ordered by its code.</summary>
    public IReadOnlyList<TrialTotal> Totals { get; }

    /// <summary>
    /// The reasons why the candidate can't price published usage, each with the meter, item and date; the first
    /// <see cref="ViolationsMax"/>. Such usage has an amount of 0 after the change.
    /// </summary>
    public IReadOnlyList<string> NotPriced { get; }

    /// <summary>The number of sums of usage that the candidate can't price.</summary>
    public long NotPricedCount { get; }

    /// <summary>
    /// The versions of the candidate that are not in force, each with the number of lines that it priced; ordered by meter, scope and first
    /// day. One that priced no line was not tried, and the report does not pass.
    /// </summary>
    public IReadOnlyList<TriedVersion> NewVersions { get; }

    /// <summary>
    /// Whether all amounts are within the limits of the gate, all usage was priced, and each new version priced a line. Without a gate,
    /// amounts have no limits.
    /// </summary>
    public bool Passes => ViolationsCount == 0;

    /// <summary>
    /// The reasons why <see cref="Passes"/> is false, as sentences that name the payee, the amounts, the percentage and the limit: usage
    /// that can't be priced, new versions that priced no line, then for each currency the total and the payees by the bytes of their ids.
    /// The first <see cref="ViolationsMax"/>.
    /// </summary>
    public IReadOnlyList<string> Violations { get; }

    /// <summary>The number of violations.</summary>
    public long ViolationsCount { get; }

    /// <summary>
    /// The fingerprint of the report: SHA-256, as 64 hexadecimal digits, of the candidate's rates, the days with their published runs, the
    /// gate, and the amounts of every payee. Required to approve it.
    /// </summary>
    public string Hash { get; }

    /// <summary>The versions that the candidate adds or replaces.</summary>
    internal IReadOnlyList<TriedVersion> Versions { get; }

    /// <summary>Whether the candidate is one version, which is in force on all days.</summary>
    internal bool IsOneVersion { get; }

    private IEnumerable<string> AllViolations()
    {
        if (NotPricedCount > 0)
        {
            yield return FormattableString.Invariant($"The candidate can't price {NotPricedCount} sums of published usage, such as: ")
                + NotPriced[0];
        }

        foreach (var version in NewVersions.Where(version => version.Lines == 0))
            yield return NotTried(version);
        foreach (var violation in Gate is null ? [] : Totals.SelectMany(Gate.Violations))
            yield return violation;
    }

    private string NotTried(TriedVersion tried)
    {
        var (version, name) = (tried.Version, RateTexts.Name(tried.Meter, tried.Version.Scope, tried.Version.Version));
        return FormattableString.Invariant($"{name} from {version.FirstDay:O} priced no line on {Days}, so that it was not tried. ")
            + (IsOneVersion
                ? "Try it on days on which it has usage."
                : "Try days on which it has usage; try it alone, with TrialCandidate.OfVersion, or OfProposal (--proposal), by which it "
                    + "is in force from the first day of the trial on; or remove it from the candidate.");
    }
}

/// <summary>A version of a candidate in a trial. Immutable.</summary>
public sealed class TriedVersion
{
    internal TriedVersion(string meter, RateVersion version, bool isNew, long lines) =>
        (Meter, Version, IsNew, Lines) = (meter, version, isNew, lines);

    /// <summary>The meter.</summary>
    public string Meter { get; }

    /// <summary>
    /// The version. That of <see cref="TrialCandidate.OfVersion"/> and <see cref="TrialCandidate.OfProposal"/> is named <c>trial</c>, and
    /// starts on the first day of the trial.
    /// </summary>
    public RateVersion Version { get; }

    /// <summary>The number of lines with units that it priced on the days of the trial.</summary>
    public long Lines { get; }

    /// <summary>Whether it is not in force.</summary>
    internal bool IsNew { get; }
}

/// <summary>The amounts of a trial in one currency. Immutable.</summary>
public sealed class TrialTotal
{
    /// <summary>The number of payees in <see cref="MostAffected"/>: 10.</summary>
    internal const int MostAffectedMax = 10;

    internal TrialTotal(Currency currency, IReadOnlyList<TrialPayee> payees)
    {
        (Currency, Payees) = (currency, payees);
        (Before, After) = (payees.Sum(p => p.Before), payees.Sum(p => p.After));
        NewPayees = payees.Count(p => p.Before == 0 && p.After != 0);
        MostAffected = [.. payees.Where(p => p.Difference != 0).OrderByDescending(p => Math.Abs(p.Difference))
            .ThenBy(p => p.PayeeId, Utf8Order.Instance).Take(MostAffectedMax)];
        var percents = payees.Where(p => p.Before != 0).Select(p => ExactPercent(p.Before, p.After)).Order().ToArray();
        (MedianPercent, Percentile95) = (AtRank(percents, 50), AtRank(percents, 95));
    }

    /// <summary>The currency of all amounts.</summary>
    public Currency Currency { get; }

    /// <summary>The published amount, in the main unit of the currency.</summary>
    public decimal Before { get; }

    /// <summary>The amount under the candidate's rates, in the main unit of the currency.</summary>
    public decimal After { get; }

    /// <summary><see cref="After"/> minus <see cref="Before"/>.</summary>
    public decimal Difference => After - Before;

    /// <summary>
    /// The difference as a percentage of the absolute published amount, rounded to 2 decimals, half away from zero; null when the
    /// published amount is 0.
    /// </summary>
    public decimal? Percent => PercentOf(Before, After);

    /// <summary>The payees that have priced lines in this currency, before or after, ordered by the bytes of their ids.</summary>
    public IReadOnlyList<TrialPayee> Payees { get; }

    /// <summary>The number of payees with a published amount of 0 and another amount under the candidate's rates.</summary>
    public int NewPayees { get; }

    /// <summary>
    /// The median of the payees' percentages, by the nearest rank: the value at rank ⌈n / 2⌉ of n, in ascending order. Payees whose
    /// published amount is 0 are left out; null when no others exist. Rounded like <see cref="Percent"/>.
    /// </summary>
    public decimal? MedianPercent { get; }

    /// <summary>The 95th percentile of the payees' percentages: the value at rank ⌈0.95 n⌉; else like the median.</summary>
    public decimal? Percentile95 { get; }

    /// <summary>
    /// The payees with the largest differences, up or down, then by the bytes of their ids; at most 10.
    /// </summary>
    public IReadOnlyList<TrialPayee> MostAffected { get; }

    internal static decimal? PercentOf(decimal before, decimal after) => before == 0 ? null : Rounded(ExactPercent(before, after));

    private static decimal ExactPercent(decimal before, decimal after) => (after - before) * 100 / Math.Abs(before);

    private static decimal Rounded(decimal percent) => Math.Round(percent, 2, MidpointRounding.AwayFromZero);

    private static decimal? AtRank(decimal[] ascending, int percent) =>
        ascending.Length == 0 ? null : Rounded(ascending[(int)(((long)ascending.Length * percent + 99) / 100) - 1]);
}

/// <summary>The amounts of a payee in one currency. Immutable.</summary>
public sealed class TrialPayee
{
    internal TrialPayee(string payeeId, decimal before, decimal after) => (PayeeId, Before, After) = (payeeId, before, after);

    /// <summary>The payee.</summary>
    public string PayeeId { get; }

    /// <summary>The published amount, in the main unit of the currency.</summary>
    public decimal Before { get; }

    /// <summary>The amount under the candidate's rates, in the main unit of the currency.</summary>
    public decimal After { get; }

    /// <summary><see cref="After"/> minus <see cref="Before"/>.</summary>
    public decimal Difference => After - Before;

    /// <summary>
    /// The difference as a percentage of the absolute published amount, rounded to 2 decimals, half away from zero; null when the
    /// published amount is 0.
    /// </summary>
    public decimal? Percent => TrialTotal.PercentOf(Before, After);
}
