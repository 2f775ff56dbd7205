using Settlements.Stores;

namespace Settlements;

/// <summary>A day that is not open.</summary>
/// <param name="Day">The day.</param>
/// <param name="State">Its state.</param>
/// <param name="Range">Its instants, half-open, as they were when it was closed.</param>
/// <param name="Calendar">The calendar that it was closed by, as text.</param>
/// <param name="RunId">The run whose rows count, once it is published.</param>
/// <param name="PublishedAt">When it was published, UTC.</param>
public sealed record BusinessDay(DateOnly Day, DayState State, UtcRange Range, string Calendar, long? RunId, DateTimeOffset? PublishedAt)
{
    /// <summary>Whether its events are still stored; once they are dropped after it was verified, it can't be computed again.</summary>
    public bool HasEvents { get; init; } = true;
}
