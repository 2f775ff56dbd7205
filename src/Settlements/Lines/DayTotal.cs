using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>The lines of a published day and meter, counted when it was published: what its rows are compared with ever after.</summary>
/// <param name="Day">The posting date.</param>
/// <param name="Meter">The meter.</param>
/// <param name="Lines">How many lines it has.</param>
/// <param name="Events">Their events.</param>
/// <param name="Quantity">Their units.</param>
[Experimental("SETTLE001")]
public sealed record DayTotal(DateOnly Day, string Meter, long Lines, decimal Events, decimal Quantity);

/// <summary>What a published day paid in one currency.</summary>
/// <param name="Day">The posting date.</param>
/// <param name="Currency">The currency's code.</param>
/// <param name="Amount">The sum of its lines' amounts.</param>
[Experimental("SETTLE001")]
public sealed record DayAmount(DateOnly Day, string Currency, decimal Amount);
