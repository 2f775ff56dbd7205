using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements;

/// <summary>The result of closing a day.</summary>
/// <param name="Day">The day.</param>
/// <param name="Events">The number of event rows that this instance read.</param>
/// <param name="Duration">The time that the run took on this instance.</param>
public sealed record ClosedDay(DateOnly Day, long Events, TimeSpan Duration)
{
    /// <summary>Usage that could not be priced, each with its reason. It is not paid, and the next close prices it again.</summary>
    public IReadOnlyList<QuarantinedUsage> Quarantined { get; init; } = [];

    /// <summary>
    /// The instants of the day by the current rules of the time zone, if the rules have changed since the previous day was closed; null
    /// otherwise. The day was closed from the recorded end of the previous day.
    /// </summary>
    public UtcRange? ExpectedRange { get; init; }
}

/// <summary>The progress of a close.</summary>
/// <param name="Day">The current day.</param>
/// <param name="DayNumber">Its number among the days to close, from 1.</param>
/// <param name="Days">The number of days to close.</param>
/// <param name="Run">The progress of the run of the current day.</param>
public readonly record struct CloseProgress(DateOnly Day, int DayNumber, int Days, RunProgress Run)
{
    /// <summary>The completed fraction of the close, from 0 to 1. Each day, and each step of a day, has the same weight.</summary>
    public double Fraction => (DayNumber - 1 + (Run.StepNumber - 1 + Run.Fraction) / Run.Steps) / Days;
}
