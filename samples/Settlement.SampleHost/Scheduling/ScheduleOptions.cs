namespace Settlement.SampleHost.Scheduling;

/// <summary>Options of the scheduled close: configuration section <c>Schedule</c>.</summary>
internal sealed class ScheduleOptions
{
    public const string Section = "Schedule";

    /// <summary>Whether this instance runs the schedule. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// The maximum number of days that one scheduled run closes; default 45, from 1 to 3660. A closed day never changes, so a wrong clock
    /// or an old copy of a database must not close years unattended: if more days are due, an admin chooses the last day to close.
    /// </summary>
    public int CatchUpDaysMax { get; set; } = 45;

    /// <summary>
    /// The limit of the estimate of amounts in a dry run: a page waits for it, and another instance may be refreshing. Default 20 seconds,
    /// from 1 second to 10 minutes.
    /// </summary>
    public TimeSpan DryRunTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// The time from the start of the host to that of the scheduler, so that its compilation doesn't compete with the first requests.
    /// Default 1 second, from 0 to 1 minute.
    /// </summary>
    public TimeSpan StartDelay { get; set; } = TimeSpan.FromSeconds(1);
}
