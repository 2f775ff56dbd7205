namespace Settlements;

/// <summary>
/// The part of a price that one tier has. <c>Amount == Units * Price</c>, and a price's parts sum to it, exactly.
/// </summary>
/// <param name="Tier">Which tier, from 1.</param>
/// <param name="FirstUnit">The first unit of the part, included. Never after <paramref name="LastUnit"/>.</param>
/// <param name="LastUnit">The last unit of the part, included.</param>
/// <param name="Units">How many units the price is for, negative when they are taken back. In package mode, how many packages.</param>
/// <param name="Price">The price of one unit, or of one package.</param>
/// <param name="Amount">The part's amount, exact; negative when units are taken back.</param>
public readonly record struct TierShare(int Tier, long FirstUnit, long LastUnit, long Units, decimal Price, decimal Amount);
