using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>The part of a usage source that a business day counts. Immutable.</summary>
/// <param name="date">The business day.</param>
/// <param name="calendar">The calendar, for the instants of the day and the usage dates of late rows.</param>
/// <param name="meters">
/// The meters of the source that count on this day; empty for the library's event table, whose events name their meter.
/// </param>
[Experimental("SETTLE001")]
public sealed class SourceDay(DateOnly date, RecordedCalendar calendar, IReadOnlyList<SourceMeter> meters)
{
    /// <summary>Gets the business day.</summary>
    public DateOnly Date => date;

    /// <summary>Gets the calendar, for the instants of the day and the usage dates of late rows.</summary>
    public RecordedCalendar Calendar => calendar;

    /// <summary>Gets the meters of the source that count on this day.</summary>
    public IReadOnlyList<SourceMeter> Meters => meters;

    /// <summary>Gets the range of instants of the day, half-open.</summary>
    public UtcRange Range => calendar.RangeOf(date);
}

/// <summary>A source, and the part of it that a business day counts.</summary>
internal sealed record CountedSource(IUsageSource Source, SourceDay Day);
