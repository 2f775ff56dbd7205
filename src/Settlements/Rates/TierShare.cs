namespace Settlements;

/// <summary>
/// The share of a price that one tier contributes. <c>Amount == Units * Price</c>, and the shares of a price sum to it exactly. Immutable.
/// </summary>
public sealed class TierShare
{
    internal TierShare(int tier, long firstUnit, long lastUnit, long units, decimal price, decimal amount)
    {
        Tier = tier;
        FirstUnit = firstUnit;
        LastUnit = lastUnit;
        Units = units;
        Price = price;
        Amount = amount;
    }

    /// <summary>The number of the tier, from 1.</summary>
    public int Tier { get; }

    /// <summary>The first unit of the share, included. Never after <see cref="LastUnit"/>.</summary>
    public long FirstUnit { get; }

    /// <summary>The last unit of the share, included.</summary>
    public long LastUnit { get; }

    /// <summary>The number of units; in package mode, of packages. Negative for corrections.</summary>
    public long Units { get; }

    /// <summary>The price of one unit or package.</summary>
    public decimal Price { get; }

    /// <summary>The exact amount; negative for corrections.</summary>
    public decimal Amount { get; }
}
