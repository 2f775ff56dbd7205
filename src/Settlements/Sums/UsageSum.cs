using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>The usage of one usage date that is posted to a posting date: the input of pricing. Immutable.</summary>
/// <param name="Meter">The meter.</param>
/// <param name="ItemId">The item.</param>
/// <param name="PayeeId">The payee.</param>
/// <param name="UsageDate">The business day on which the usage happened.</param>
/// <param name="Quantity">The units; may be 0 or negative because of corrections, and may exceed the range of a counter.</param>
/// <param name="Events">The number of events.</param>
[Experimental("SETTLE001")]
public sealed record UsageSum(string Meter, string ItemId, string PayeeId, DateOnly UsageDate, Int128 Quantity, long Events);
