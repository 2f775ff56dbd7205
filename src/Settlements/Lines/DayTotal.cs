using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>The totals of the lines of a day and meter, recorded at publication and compared with the lines later.</summary>
[Experimental("SETTLE001")]
public sealed class DayTotal(DateOnly day, string meter, long lines, decimal events, decimal quantity)
{
    /// <summary>The posting date.</summary>
    public DateOnly Day { get; } = day;

    /// <summary>The meter.</summary>
    public string Meter { get; } = meter;

    /// <summary>The number of lines.</summary>
    public long Lines { get; } = lines;

    /// <summary>The sum of their events.</summary>
    public decimal Events { get; } = events;

    /// <summary>The sum of their units.</summary>
    public decimal Quantity { get; } = quantity;
}

/// <summary>The amount of a published day in one currency.</summary>
[Experimental("SETTLE001")]
public sealed class DayAmount(DateOnly day, string currency, decimal amount)
{
    /// <summary>The posting date.</summary>
    public DateOnly Day { get; } = day;

    /// <summary>The code of the currency.</summary>
    public string Currency { get; } = currency;

    /// <summary>The sum of the rounded amounts of the lines.</summary>
    public decimal Amount { get; } = amount;
}
