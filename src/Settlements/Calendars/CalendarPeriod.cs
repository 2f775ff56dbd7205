namespace Settlements;

/// <summary>
/// The kinds of periods over which figures are summed. The figures of a period are always the sum of the figures of its days.
/// </summary>
public enum CalendarPeriod
{
    /// <summary>One business day.</summary>
    Day,

    /// <summary>Seven business days, from the calendar's first day of the week. A week is identified by its first day.</summary>
    Week,

    /// <summary>A calendar month, from the 1st to its last day.</summary>
    Month,

    /// <summary>A calendar year, from January 1 to December 31.</summary>
    Year,
}
