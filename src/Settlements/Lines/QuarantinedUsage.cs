namespace Settlements;

/// <summary>
/// Usage of an item that can't be priced. It does not prevent the publication of the day; the next close prices it again, together with
/// corrections that have arrived. Immutable.
/// </summary>
/// <param name="Meter">The meter.</param>
/// <param name="ItemId">The item.</param>
/// <param name="PayeeId">The payee.</param>
/// <param name="UsageDate">The business day on which the usage happened.</param>
/// <param name="Quantity">The units; may exceed the range of a counter.</param>
/// <param name="Events">The number of events.</param>
/// <param name="Reason">The error message, with the value, the limit and the remedy.</param>
public sealed record QuarantinedUsage(
    string Meter, string ItemId, string PayeeId, DateOnly UsageDate, Int128 Quantity, long Events, string Reason);
