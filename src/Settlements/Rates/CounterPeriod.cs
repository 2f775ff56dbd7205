namespace Settlements;

/// <summary>The periods over which the counter of a rate table accumulates. The counter starts at 0 in each period.</summary>
public enum CounterPeriod
{
    /// <summary>The lifetime of the item: the counter is never reset.</summary>
    Lifetime,

    /// <summary>A calendar year of business days.</summary>
    Year,

    /// <summary>A calendar month of business days.</summary>
    Month,

    /// <summary>A week of business days, from the calendar's first day of the week.</summary>
    Week,

    /// <summary>One business day.</summary>
    Day,
}
