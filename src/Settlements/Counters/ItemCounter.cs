using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>The counter of an item in a period.</summary>
[Experimental("SETTLE001")]
public sealed class ItemCounter(CounterInstance instance, string itemId, long quantity)
{
    /// <summary>The period.</summary>
    public CounterInstance Instance { get; } = instance;

    /// <summary>The item.</summary>
    public string ItemId { get; } = itemId;

    /// <summary>The units, from -10^15 to 10^15.</summary>
    public long Quantity { get; } = quantity;
}
