using Settlements.Stores;

namespace Settlements;

/// <summary>The counter of an item in a period.</summary>
/// <param name="Instance">The period.</param>
/// <param name="ItemId">The item.</param>
/// <param name="Quantity">The units, from -10^15 to 10^15.</param>
public sealed record ItemCounter(CounterInstance Instance, string ItemId, long Quantity);
