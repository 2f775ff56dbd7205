using Settlement.Pipelines;

namespace Settlement.Closing;

/// <summary>A day that was closed.</summary>
/// <param name="Day">The day.</param>
/// <param name="Events">Event rows that this host read for it.</param>
/// <param name="Duration">How long this host worked on it.</param>
public sealed record ClosedDay(DateOnly Day, long Events, TimeSpan Duration);

/// <summary>How far a close is.</summary>
/// <param name="Day">The day under way.</param>
/// <param name="DayNumber">Its place among the days to close, from 1.</param>
/// <param name="Days">How many days are to be closed.</param>
/// <param name="Run">How far the day's run is.</param>
public readonly record struct CloseProgress(DateOnly Day, int DayNumber, int Days, RunProgress Run)
{
    /// <summary>The part of the whole that is done, from 0 to 1; each day, and in it each step, counts the same.</summary>
    public double Fraction => (DayNumber - 1 + (Run.StepNumber - 1 + Run.Fraction) / Run.Steps) / Days;
}
