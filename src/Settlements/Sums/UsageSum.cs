using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>The usage of one usage date that a posting date counts: the input of pricing. Immutable.</summary>
/// <param name="Meter">What is counted.</param>
/// <param name="ItemId">The item.</param>
/// <param name="PayeeId">The payee.</param>
/// <param name="UsageDate">The business day on which the usage happened.</param>
/// <param name="Quantity">Units; may be 0 or negative where corrections arrived, and more than a counter can hold.</param>
/// <param name="Events">How many events were summed.</param>
[Experimental("SETTLE001")]
public sealed record UsageSum(string Meter, string ItemId, string PayeeId, DateOnly UsageDate, Int128 Quantity, long Events);
