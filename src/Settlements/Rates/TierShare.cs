namespace Settlements;

/// <summary>
/// The share of a price that one tier contributes. <c>Amount == Units * Price</c>, and the shares of a price sum to it exactly. Immutable.
/// </summary>
/// <param name="Tier">The number of the tier, from 1.</param>
/// <param name="FirstUnit">The first unit of the share, included. Never after <paramref name="LastUnit"/>.</param>
/// <param name="LastUnit">The last unit of the share, included.</param>
/// <param name="Units">The number of units; in package mode, of packages. Negative for corrections.</param>
/// <param name="Price">The price of one unit or package.</param>
/// <param name="Amount">The exact amount; negative for corrections.</param>
public readonly record struct TierShare(int Tier, long FirstUnit, long LastUnit, long Units, decimal Price, decimal Amount);
