namespace Settlements;

/// <summary>The number of published days of a period. Figures of a period are those of its published days only.</summary>
public readonly struct PeriodCoverage
{
    internal PeriodCoverage(DateRange days, int publishedDays) => (Days, PublishedDays) = (days, publishedDays);

    /// <summary>The period's days, both ends included.</summary>
    public DateRange Days { get; }

    /// <summary>How many of them are published.</summary>
    public int PublishedDays { get; }

    /// <summary>Whether every day of the period is published.</summary>
    public bool IsComplete => PublishedDays == Days.Days;

    internal static PeriodCoverage Of(DateRange days, IEnumerable<BusinessDay> published) =>
        new(days, published.Count(d => days.Contains(d.Day)));
}
