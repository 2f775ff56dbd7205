namespace Settlements;

/// <summary>
/// Usage of an item that can't be priced: it doesn't keep the rest of the day from being published, and is counted again by the next close, together
/// with whatever arrived to correct it. Immutable.
/// </summary>
/// <param name="Meter">What is counted.</param>
/// <param name="ItemId">The item.</param>
/// <param name="PayeeId">The payee.</param>
/// <param name="UsageDate">The business day on which the usage happened.</param>
/// <param name="Quantity">Units; may be more than a counter holds.</param>
/// <param name="Events">How many events were summed.</param>
/// <param name="Reason">The thing, the value, the limit and the remedy.</param>
public sealed record QuarantinedUsage(
    string Meter, string ItemId, string PayeeId, DateOnly UsageDate, Int128 Quantity, long Events, string Reason);
