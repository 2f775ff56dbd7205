using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements;

/// <summary>A day that was closed.</summary>
/// <param name="Day">The day.</param>
/// <param name="Events">Event rows that this instance read for it.</param>
/// <param name="Duration">How long this instance worked on it.</param>
public sealed record ClosedDay(DateOnly Day, long Events, TimeSpan Duration)
{
    /// <summary>Usage that could not be priced, each with its reason: not paid, and counted again by the next close.</summary>
    public IReadOnlyList<QuarantinedUsage> Quarantined { get; init; } = [];

    /// <summary>
    /// Null; or, where the zone's rules changed since the day before was closed, the instants that the day has by the present rules. It was closed
    /// from where the day before ended.
    /// </summary>
    public UtcRange? ExpectedRange { get; init; }
}

/// <summary>The progress of a close.</summary>
/// <param name="Day">The day under way.</param>
/// <param name="DayNumber">Its number among the days to close, from 1.</param>
/// <param name="Days">How many days are to be closed.</param>
/// <param name="Run">The progress of the day's run.</param>
public readonly record struct CloseProgress(DateOnly Day, int DayNumber, int Days, RunProgress Run)
{
    /// <summary>The part of the whole that is done, from 0 to 1; each day, and in it each step, counts the same.</summary>
    public double Fraction => (DayNumber - 1 + (Run.StepNumber - 1 + Run.Fraction) / Run.Steps) / Days;
}
