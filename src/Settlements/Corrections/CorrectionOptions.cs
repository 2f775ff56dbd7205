namespace Settlements;

/// <summary>Options for the approval of corrections and of days with unusual amounts.</summary>
public sealed class CorrectionOptions
{
    /// <summary>
    /// Whether a correction has to be approved by a user other than the one who proposed it. Default true. Names are compared without
    /// regard to case and to white space at their ends: <c>Ann</c> is the user <c>ann</c>.
    /// </summary>
    public bool SecondPerson { get; set; } = true;

    /// <summary>
    /// The amount, in the main unit of each currency, up to which the proposer may approve a correction even if <see cref="SecondPerson"/>
    /// is set. 0 or more; default 0.
    /// </summary>
    public decimal VarianceMax { get; set; }

    /// <summary>
    /// The percentage by which the amount of a day may differ, up or down, from the average of the previous seven published days, in each
    /// currency. A day beyond the limit is priced but not published until it is approved. From 1 to 100,000; null, the default, for no
    /// limit.
    /// </summary>
    public decimal? AnomalyPercentMax { get; set; }

    /// <summary>
    /// Whether a rate version of the store can only be approved after a trial was approved in which a version with its scope, table and
    /// currency priced lines; see <see cref="RateTrials"/>. Default false.
    /// </summary>
    public bool RequireTrial { get; set; }

    /// <summary>Checks that every value is in its range.</summary>
    /// <returns>All errors, each with the name of the option, its value and the range; empty when there are none.</returns>
    internal IEnumerable<string> Validate()
    {
        if (VarianceMax < 0)
            yield return FormattableString.Invariant($"Corrections.VarianceMax is {VarianceMax}; use 0 or more.");
        if (AnomalyPercentMax is < 1 or > 100_000)
            yield return FormattableString.Invariant($"Corrections.AnomalyPercentMax is {AnomalyPercentMax}; use 1 to 100000, or null.");
    }

    internal CorrectionLimits ToLimits() => new(SecondPerson, VarianceMax, AnomalyPercentMax, RequireTrial);
}

/// <summary>An immutable copy of valid <see cref="CorrectionOptions"/>.</summary>
internal sealed record CorrectionLimits(bool SecondPerson, decimal VarianceMax, decimal? AnomalyPercentMax, bool RequireTrial);
