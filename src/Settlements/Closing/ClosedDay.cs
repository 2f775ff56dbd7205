using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements;

/// <summary>The result of closing a day.</summary>
public sealed class ClosedDay
{
    internal ClosedDay(DateOnly day, long events, TimeSpan duration)
    {
        Day = day;
        Events = events;
        Duration = duration;
    }

    /// <summary>The day.</summary>
    public DateOnly Day { get; }

    /// <summary>The number of event rows that this instance read.</summary>
    public long Events { get; }

    /// <summary>The time that the run took on this instance.</summary>
    public TimeSpan Duration { get; }

    /// <summary>Usage that could not be priced, each with its reason. It is not paid, and the next close prices it again.</summary>
    public IReadOnlyList<QuarantinedUsage> Quarantined { get; internal init; } = [];

    /// <summary>
    /// The instants of the day by the current rules of the time zone, if the rules have changed since the previous day was closed; null
    /// otherwise. The day was closed from the recorded end of the previous day.
    /// </summary>
    public UtcRange? ExpectedRange { get; internal init; }
}

/// <summary>The progress of a close.</summary>
public sealed class CloseProgress
{
    internal CloseProgress(DateOnly day, int dayNumber, int days, RunProgress run)
    {
        Day = day;
        DayNumber = dayNumber;
        Days = days;
        Run = run;
    }

    /// <summary>The current day.</summary>
    public DateOnly Day { get; }

    /// <summary>Its number among the days to close, from 1.</summary>
    public int DayNumber { get; }

    /// <summary>The number of days to close.</summary>
    public int Days { get; }

    /// <summary>The progress of the run of the current day.</summary>
    public RunProgress Run { get; }

    /// <summary>The completed fraction of the close, from 0 to 1. Each day, and each step of a day, has the same weight.</summary>
    public double Fraction => (DayNumber - 1 + (Run.StepNumber - 1 + Run.Fraction) / Run.Steps) / Days;
}
