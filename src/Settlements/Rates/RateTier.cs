namespace Settlements;

/// <summary>
/// A step of a rate table, from the unit after the previous tier's last. A tier says the last number it holds, so nothing is
/// ambiguous at an edge.
/// </summary>
/// <param name="UpTo">The last unit that the tier holds, included: 1 to <see cref="RateTable.CountMax"/>; null for no end.</param>
/// <param name="Price">
/// The price of a unit in the currency's main unit: 0 to <see cref="RateTable.PriceMax"/>, with at most
/// <see cref="RateTable.PriceDecimalsMax"/> decimals.
/// </param>
public readonly record struct RateTier(long? UpTo, decimal Price)
{
    /// <summary>Lets a tier be written as a pair: <c>(99_999, 1m)</c>, or <c>(null, 1.5m)</c> for the last.</summary>
    /// <param name="tier">The last unit, included, and the price of a unit.</param>
    public static implicit operator RateTier((long? UpTo, decimal Price) tier) => new(tier.UpTo, tier.Price);
}
