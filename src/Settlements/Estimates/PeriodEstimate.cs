namespace Settlements;

/// <summary>What the open days of a period have come to so far. Immutable.</summary>
public sealed class PeriodEstimate
{
    internal PeriodEstimate(
        DateRange days, StatementEstimate? estimate, IReadOnlyList<PayeeTotal> payees, IReadOnlyList<QuarantinedUsage> quarantined) =>
        (Days, Estimate, Payees, Quarantined) = (days, estimate, payees, quarantined);

    /// <summary>The days of the period, both ends included.</summary>
    public DateRange Days { get; }

    /// <summary>The estimated days of the period and the instant of the estimate; null when no day of the period is estimated.</summary>
    public StatementEstimate? Estimate { get; }

    /// <summary>
    /// The payees with priced lines on the estimated days, with their amounts on these days only; ordered as in
    /// <see cref="PeriodTotals.Payees"/>.
    /// </summary>
    public IReadOnlyList<PayeeTotal> Payees { get; }

    /// <summary>Usage that the close of the last estimated day could not price now.</summary>
    public IReadOnlyList<QuarantinedUsage> Quarantined { get; }
}

/// <summary>Which days of a period are published and which are estimated, and the instant of the estimate. Immutable.</summary>
public sealed class StatementEstimate
{
    internal StatementEstimate(DateTimeOffset asOf, DateRange estimatedDays, DateRange? publishedDays) =>
        (AsOf, EstimatedDays, PublishedDays) = (asOf, estimatedDays, publishedDays);

    /// <summary>
    /// The instant of the estimate, in UTC: it contains all usage that was committed before. Later usage may be contained.
    /// </summary>
    public DateTimeOffset AsOf { get; }

    /// <summary>The estimated days of the period, both ends included. They are not published, and their amounts can change.</summary>
    public DateRange EstimatedDays { get; }

    /// <summary>The published days of the period, both ends included; null when there are none.</summary>
    public DateRange? PublishedDays { get; }
}
