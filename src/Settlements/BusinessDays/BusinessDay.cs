using Settlements.Stores;

namespace Settlements;

/// <summary>A business day that is closing or published. Immutable.</summary>
/// <param name="Day">The day.</param>
/// <param name="State">Its state.</param>
/// <param name="Range">Its instants, half-open, as recorded when its close began.</param>
/// <param name="Calendar">The text of the calendar with which it was closed.</param>
/// <param name="RunId">The run whose rows are published; null while the day is closing.</param>
/// <param name="PublishedAt">When it was published, UTC; null while the day is closing.</param>
public sealed record BusinessDay(DateOnly Day, DayState State, UtcRange Range, string Calendar, long? RunId, DateTimeOffset? PublishedAt)
{
    /// <summary>
    /// Whether its events are still stored. Once they have been dropped, the day can't be recomputed, reconciled or verified from its
    /// events.
    /// </summary>
    public bool HasEvents { get; init; } = true;
}
