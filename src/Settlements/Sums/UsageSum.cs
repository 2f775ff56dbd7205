using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>The usage of one usage date that is posted to a posting date: the input of pricing. Immutable.</summary>
[Experimental("SETTLE001")]
public sealed class UsageSum
{
    internal UsageSum(string meter, string itemId, string payeeId, DateOnly usageDate, Int128 quantity, long events)
    {
        Meter = meter;
        ItemId = itemId;
        PayeeId = payeeId;
        UsageDate = usageDate;
        Quantity = quantity;
        Events = events;
    }

    internal UsageSum(UsageSum other)
        : this(other.Meter, other.ItemId, other.PayeeId, other.UsageDate, other.Quantity,
            other.Events)
    {
    }

    /// <summary>The meter.</summary>
    public string Meter { get; internal init; }

    /// <summary>The item.</summary>
    public string ItemId { get; internal init; }

    /// <summary>The payee.</summary>
    public string PayeeId { get; internal init; }

    /// <summary>The business day on which the usage happened.</summary>
    public DateOnly UsageDate { get; internal init; }

    /// <summary>The units; may be 0 or negative because of corrections, and may exceed the range of a counter.</summary>
    public Int128 Quantity { get; internal init; }

    /// <summary>The number of events.</summary>
    public long Events { get; internal init; }
}
