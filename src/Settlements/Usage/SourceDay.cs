using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>What is read of a usage source for a business day. Immutable.</summary>
/// <param name="date">The business day.</param>
/// <param name="calendar">The instants of the day, and the usage dates of late rows.</param>
/// <param name="meters">
/// Those of the source's meters that count on this day; empty for the library's own event table, which counts what its events name.
/// </param>
[Experimental("SETTLE001")]
public sealed class SourceDay(DateOnly date, RecordedCalendar calendar, IReadOnlyList<SourceMeter> meters)
{
    /// <summary>The business day.</summary>
    public DateOnly Date => date;

    /// <summary>The instants of the day, and the usage dates of late rows.</summary>
    public RecordedCalendar Calendar => calendar;

    /// <summary>Those of the source's meters that count on this day.</summary>
    public IReadOnlyList<SourceMeter> Meters => meters;

    /// <summary>The instants of the day, half-open.</summary>
    public UtcRange Range => calendar.RangeOf(date);
}

/// <summary>A source, and what a business day counts of it.</summary>
internal sealed record CountedSource(IUsageSource Source, SourceDay Day)
{
    /// <summary>Sums all that the day counts.</summary>
    public Task<long> SumAsync(SumAccumulator totals, CancellationToken cancellationToken) =>
        Source.SumAsync(Day, slice: null, totals, cancellationToken);
}
