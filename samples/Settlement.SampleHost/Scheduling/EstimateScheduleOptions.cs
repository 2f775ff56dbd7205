namespace Settlement.SampleHost.Scheduling;

/// <summary>When the estimate of the open days is refreshed: configuration section <c>Estimates</c>.</summary>
internal sealed class EstimateScheduleOptions
{
    public const string Section = "Estimates";

    /// <summary>The maximum time between two refreshes. Default 5 minutes, from 1 second to 1 day.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The time from a play to the refresh, which then contains the plays of this time. Default 3 seconds, up to 1 minute.
    /// </summary>
    public TimeSpan Delay { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// The share of time for refreshes: after each one, the next waits for its duration divided by this share. Default 0.1, from 0.01 to 1.
    /// </summary>
    public double TimeShareMax { get; set; } = 0.1;

    public bool IsValid() => Interval >= TimeSpan.FromSeconds(1) && Interval <= TimeSpan.FromDays(1)
        && Delay >= TimeSpan.Zero && Delay <= TimeSpan.FromMinutes(1) && TimeShareMax is >= 0.01 and <= 1;
}
