using Settlement.BusinessDays;
using Settlement.Calendars;

namespace Settlement.BillableEvents;

/// <summary>What is read of a usage source for a business day. Immutable.</summary>
/// <param name="Date">The business day.</param>
/// <param name="Calendar">The instants of the day, and the usage dates of late rows.</param>
/// <param name="Meters">
/// Those of the source's meters that count on this day; empty for the library's own event table, which counts what its events name.
/// </param>
public sealed record SourceDay(DateOnly Date, SettledCalendar Calendar, IReadOnlyList<SourceMeter> Meters)
{
    /// <summary>The instants of the day, half-open.</summary>
    public UtcRange Range => Calendar.RangeOf(Date);
}

/// <summary>A source, and what a business day counts of it.</summary>
internal sealed record CountedSource(IUsageSource Source, SourceDay Day)
{
    /// <summary>Sums all that the day counts.</summary>
    public Task<long> SumAsync(TotalsAccumulator totals, CancellationToken cancellationToken) =>
        Source.SumAsync(Day, slice: null, totals, cancellationToken);
}
