using System.Globalization;

namespace Settlements;

/// <summary>How a rate table prices a count of units, exactly. Immutable and thread-safe. A model is a file, with its price and its explanation.</summary>
internal abstract class PricingModel(RateTier[] tiers)
{
    public IReadOnlyList<RateTier> Tiers { get; } = Array.AsReadOnly(tiers);

    public abstract RateMode Mode { get; }

    /// <summary>The name that <see cref="RateTable.ToString"/> writes.</summary>
    public abstract string Name { get; }

    /// <inheritdoc cref="RateTable.UnitsPerPackage"/>
    public virtual long UnitsPerPackage => 1;

    /// <summary>The price of units 1 to the count.</summary>
    public abstract decimal PriceOf(long count);

    /// <summary><c>PriceOf(after) - PriceOf(before)</c>.</summary>
    public abstract decimal PriceBetween(long before, long after);

    /// <summary>The parts of <see cref="PriceBetween"/> for two different counts.</summary>
    public abstract IReadOnlyList<TierShare> Explain(long before, long after);

    /// <summary>Each tier with its first and last unit and its price.</summary>
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
