namespace Settlements;

/// <summary>
/// A tier of a rate table, which starts at the unit after the last unit of the previous tier. It is specified by its last unit, so its
/// bounds are unambiguous. Immutable.
/// </summary>
public readonly struct RateTier(long? upTo, decimal price)
{
    /// <summary>The last unit of the tier, included: 1 to <see cref="RateTable.CountMax"/>; null for no end.</summary>
    public long? UpTo { get; internal init; } = upTo;

    /// <summary>
    /// The price of a unit, in the main unit of the currency: 0 to <see cref="RateTable.PriceMax"/>, with at most
    /// <see cref="RateTable.PriceDecimalsMax"/> decimals.
    /// </summary>
    public decimal Price { get; internal init; } = price;

    /// <summary>Converts a pair, such as <c>(99_999, 1m)</c>, or <c>(null, 1.5m)</c> for the last tier.</summary>
    /// <param name="tier">The last unit, included, and the price of a unit.</param>
    public static implicit operator RateTier((long? UpTo, decimal Price) tier) => new(tier.UpTo, tier.Price);
}
