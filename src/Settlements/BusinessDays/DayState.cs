namespace Settlements;

/// <summary>The state of a business day. A day that is not recorded yet is open.</summary>
public enum DayState
{
    /// <summary>A close is in progress: events that arrive now are posted to a later day.</summary>
    Closing,

    /// <summary>The lines of the day are published and immutable.</summary>
    Published,
}
