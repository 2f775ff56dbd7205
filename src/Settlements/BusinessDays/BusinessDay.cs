using System.Diagnostics.CodeAnalysis;
using Settlements.Stores;

namespace Settlements;

/// <summary>A business day that is closing or published. Immutable.</summary>
[method: Experimental("SETTLE001")]
public sealed class BusinessDay(DateOnly day, DayState state, UtcRange range, string calendar, long? runId, DateTimeOffset? publishedAt)
{
    /// <summary>The day.</summary>
    public DateOnly Day { get; } = day;

    /// <summary>Its state.</summary>
    public DayState State { get; } = state;

    /// <summary>Its instants, half-open, as recorded when its close began.</summary>
    public UtcRange Range { get; } = range;

    /// <summary>The text of the calendar with which it was closed.</summary>
    [Experimental("SETTLE001")]
    public string Calendar { get; } = calendar;

    /// <summary>The run whose rows are published; null while the day is closing.</summary>
    public long? RunId { get; } = runId;

    /// <summary>When it was published, UTC; null while the day is closing.</summary>
    public DateTimeOffset? PublishedAt { get; } = publishedAt;

    /// <summary>
    /// Whether its events are still stored. Once they have been dropped, the day can't be recomputed, reconciled or verified from its
    /// events.
    /// </summary>
    public bool HasEvents { get; init; } = true;
}
