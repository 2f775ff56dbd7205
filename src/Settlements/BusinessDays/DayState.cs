namespace Settlements;

/// <summary>The state of a business day. A day that is not recorded yet is open.</summary>
public enum DayState
{
    /// <summary>A close is under way: no event is counted into it any more.</summary>
    Closing,

    /// <summary>Its lines are published and never change.</summary>
    Published,
}
