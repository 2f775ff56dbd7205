namespace Settlements;

/// <summary>
/// The stretches of business days that figures are summed over. A period's figures are always the sum of its days' figures.
/// </summary>
public enum CalendarPeriod
{
    /// <summary>One business day.</summary>
    Day,

    /// <summary>Seven business days, from the calendar's first day of the week. A week is named by its first day.</summary>
    Week,

    /// <summary>A calendar month, from the 1st to its last day.</summary>
    Month,

    /// <summary>A calendar year, from January 1 to December 31.</summary>
    Year,
}
