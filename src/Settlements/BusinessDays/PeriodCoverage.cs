namespace Settlements;

/// <summary>The number of published days of a period. Figures of a period are those of its published days only.</summary>
/// <param name="Days">The period's days, both ends included.</param>
/// <param name="PublishedDays">How many of them are published.</param>
public readonly record struct PeriodCoverage(DateRange Days, int PublishedDays)
{
    /// <summary>Whether every day of the period is published.</summary>
    public bool IsComplete => PublishedDays == Days.Days;

    internal static PeriodCoverage Of(DateRange days, IEnumerable<BusinessDay> published) =>
        new(days, published.Count(d => days.Contains(d.Day)));
}
