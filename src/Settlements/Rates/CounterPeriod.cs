namespace Settlements;

/// <summary>What a rate table's count runs over. With each new one, the count starts again from 0.</summary>
public enum CounterPeriod
{
    /// <summary>The item's whole life: the count never starts again.</summary>
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
