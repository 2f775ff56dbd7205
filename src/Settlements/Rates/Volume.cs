namespace Settlements;

/// <summary>The pricing model that prices all units at the tier that their total reaches.</summary>
internal sealed class Volume(RateTier[] tiers) : PricingModel(tiers)
{
    private readonly TierIndex _tiers = new(tiers);

    public override RateMode Mode => RateMode.Volume;

    public override string Name => "volume";

    public override decimal PriceOf(long count) => count * UnitPriceAt(count);

    public override decimal PriceBetween(long before, long after)
    {
        var (from, to) = (_tiers.Find(before), _tiers.Find(after));
        return from == to ? (after - before) * _tiers.PriceOf(to) : (after * _tiers.PriceOf(to)) - (before * _tiers.PriceOf(from));
    }

    /// <summary>Returns the price of a unit in the tier that a count reaches.</summary>
    public decimal UnitPriceAt(long count) => _tiers.PriceOf(_tiers.Find(count));

    /// <summary>Returns the new count at its tier, then the old count, negative, at its tier; a count of 0 has no share.</summary>
    public override IReadOnlyList<TierShare> Explain(long before, long after)
    {
        var shares = new List<TierShare>();
        if (after != 0)
            shares.Add(ShareAt(after, after));
        if (before != 0)
            shares.Add(ShareAt(before, -before));
        return shares;
    }

    /// <summary>Returns the share of units at the price of the tier that a counter reaches.</summary>
    public IReadOnlyList<TierShare> ExplainAt(long reached, long units) => [ShareAt(reached, units)];

    private TierShare ShareAt(long reached, long units) =>
        _tiers.Share(_tiers.Find(reached), Math.Min(reached + 1, 1), Math.Max(reached, 0), units);
}
