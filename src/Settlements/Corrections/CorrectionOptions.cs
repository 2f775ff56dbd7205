namespace Settlements;

/// <summary>Who may approve corrections, and which days wait for an approval.</summary>
public sealed class CorrectionOptions
{
    /// <summary>Whether a correction is approved by another person than the one who proposed it. Default true.</summary>
    public bool SecondPerson { get; set; } = true;

    /// <summary>
    /// The amount, in the main unit of each currency, up to which the person who proposed a correction may approve it also where
    /// <see cref="SecondPerson"/> is set. 0 or more; default 0.
    /// </summary>
    public decimal VarianceMax { get; set; }

    /// <summary>
    /// By how many per cent the amount of a day may differ, up or down, from the average of the seven published days before it, in each currency. A day
    /// beyond it is priced and waits for an approval. From 1 to 100,000; null, the default, for no limit.
    /// </summary>
    public decimal? AnomalyPercentMax { get; set; }

    /// <summary>Compares every value with its range.</summary>
    /// <returns>All errors, each with the value, the range and the option's name; empty when there are none.</returns>
    public IEnumerable<string> Validate()
    {
        if (VarianceMax < 0)
            yield return FormattableString.Invariant($"Corrections.VarianceMax is {VarianceMax}; use 0 or more.");
        if (AnomalyPercentMax is < 1 or > 100_000)
            yield return FormattableString.Invariant($"Corrections.AnomalyPercentMax is {AnomalyPercentMax}; use 1 to 100000, or null.");
    }

    internal CorrectionLimits ToLimits() => new(SecondPerson, VarianceMax, AnomalyPercentMax);
}

/// <summary>Valid <see cref="CorrectionOptions"/>, as they were when they were read.</summary>
internal sealed record CorrectionLimits(bool SecondPerson, decimal VarianceMax, decimal? AnomalyPercentMax);
