using System.Globalization;

namespace Settlements;

/// <summary>Computes and explains the exact price of a count of units. Immutable and thread-safe.</summary>
internal abstract class PricingModel(RateTier[] tiers)
{
    public IReadOnlyList<RateTier> Tiers { get; } = Array.AsReadOnly(tiers);

    public abstract RateMode Mode { get; }

    /// <summary>The name of the model in <see cref="RateTable.ToString"/>.</summary>
    public abstract string Name { get; }

    /// <inheritdoc cref="RateTable.UnitsPerPackage"/>
    public virtual long UnitsPerPackage => 1;

    /// <summary>Returns the price of units 1 to the count.</summary>
    public abstract decimal PriceOf(long count);

    /// <summary>Returns <c>PriceOf(after) - PriceOf(before)</c>.</summary>
    public abstract decimal PriceBetween(long before, long after);

    /// <summary>Returns the shares of <see cref="PriceBetween"/> for two different counts.</summary>
    public abstract IReadOnlyList<TierShare> Explain(long before, long after);

    /// <summary>Returns the first unit, the last unit and the price of each tier, as text.</summary>
    public virtual string TiersText()
    {
        var first = 1L;
        var texts = new List<string>(Tiers.Count);
        foreach (var tier in Tiers)
        {
            texts.Add(string.Create(CultureInfo.InvariantCulture, $"{first}-{tier.UpTo} at {tier.Price}"));
            first = (tier.UpTo ?? 0) + 1;
        }

        return string.Join(", ", texts);
    }
}
