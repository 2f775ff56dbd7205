namespace Settlement.SampleHost.Scheduling;

/// <summary>When days are closed without anybody. The section <c>Schedule</c>.</summary>
internal sealed class ScheduleOptions
{
    public const string Section = "Schedule";

    /// <summary>Whether this host takes part. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// The most days that are closed without anybody, at one time; default 45. A closed day never changes, so a clock that is years off, or an
    /// old copy of a database, must not close years by itself: then an admin says through which day.
    /// </summary>
    public int CatchUpDaysMax { get; set; } = 45;
}
