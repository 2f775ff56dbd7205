using System.Diagnostics.CodeAnalysis;

namespace Settlements;

/// <summary>
/// Usage of an item that can't be priced. It does not prevent the publication of the day; the next close prices it again, together with
/// corrections that have arrived. Immutable.
/// </summary>
[method: Experimental("SETTLE001")]
public sealed class QuarantinedUsage(
    string meter, string itemId, string payeeId, DateOnly usageDate, Int128 quantity, long events, string reason)
{
    /// <summary>The meter.</summary>
    public string Meter { get; } = meter;

    /// <summary>The item.</summary>
    public string ItemId { get; } = itemId;

    /// <summary>The payee.</summary>
    public string PayeeId { get; } = payeeId;

    /// <summary>The business day on which the usage happened.</summary>
    public DateOnly UsageDate { get; } = usageDate;

    /// <summary>The units; may exceed the range of a counter.</summary>
    public Int128 Quantity { get; } = quantity;

    /// <summary>The number of events.</summary>
    public long Events { get; } = events;

    /// <summary>The error message, with the value, the limit and the remedy.</summary>
    public string Reason { get; } = reason;
}
