namespace Settlements;

/// <summary>The result of refreshing the estimate of the open days. Immutable.</summary>
public sealed class EstimateRefresh
{
    internal EstimateRefresh(DateRange? days, DateTimeOffset asOf, long events, TimeSpan duration, bool isShared) =>
        (Days, AsOf, Events, Duration, IsShared) = (days, asOf, events, duration, isShared);

    /// <summary>The estimated days, both ends included; null when no day is open, so that there was nothing to do.</summary>
    public DateRange? Days { get; }

    /// <summary>
    /// The instant of the estimate, in UTC: it contains all usage that was committed before. Later usage may be contained.
    /// </summary>
    public DateTimeOffset AsOf { get; }

    /// <summary>The number of event rows that this instance read.</summary>
    public long Events { get; }

    /// <summary>The time that the call took.</summary>
    public TimeSpan Duration { get; }

    /// <summary>Whether another instance published this estimate; this one may have read part of its usage.</summary>
    public bool IsShared { get; }
}
