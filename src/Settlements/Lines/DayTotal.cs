using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>The totals of the lines of a day and meter, recorded at publication and compared with the lines later.</summary>
/// <param name="Day">The posting date.</param>
/// <param name="Meter">The meter.</param>
/// <param name="Lines">The number of lines.</param>
/// <param name="Events">The sum of their events.</param>
/// <param name="Quantity">The sum of their units.</param>
[Experimental("SETTLE001")]
public sealed record DayTotal(DateOnly Day, string Meter, long Lines, decimal Events, decimal Quantity);

/// <summary>The amount of a published day in one currency.</summary>
/// <param name="Day">The posting date.</param>
/// <param name="Currency">The code of the currency.</param>
/// <param name="Amount">The sum of the rounded amounts of the lines.</param>
[Experimental("SETTLE001")]
public sealed record DayAmount(DateOnly Day, string Currency, decimal Amount);
