namespace Settlements;

/// <summary>Each unit at the price of the tier that its own number is in.</summary>
/// <remarks>
/// The closed form: inside a tier a price is a straight line of the count, <c>price(n) = n * tier price + intercept</c>. The intercept makes a tier
/// start where the one before it ends.
/// </remarks>
internal sealed class Graduated : PricingModel
{
    private readonly TierIndex _tiers;
    private readonly decimal[] _intercepts;

    public Graduated(RateTier[] tiers)
        : base(tiers)
    {
        _tiers = new TierIndex(tiers);
        _intercepts = new decimal[tiers.Length];
        for (var tier = 1; tier < tiers.Length; tier++)
            _intercepts[tier] = _intercepts[tier - 1] + (_tiers.EndOf(tier - 1) * (_tiers.PriceOf(tier - 1) - _tiers.PriceOf(tier)));
    }

    public override RateMode Mode => RateMode.Graduated;

    public override string Name => "graduated";

    public override decimal PriceOf(long count) => PriceOf(count, _tiers.Find(count));

    public override decimal PriceBetween(long before, long after)
    {
        var (from, to) = (_tiers.Find(before), _tiers.Find(after));
        return from == to ? (after - before) * _tiers.PriceOf(to) : PriceOf(after, to) - PriceOf(before, from);
    }

    /// <summary>A part for each tier that holds one of the units between, in order; units below 1 are the first tier's.</summary>
    public override IReadOnlyList<TierShare> Explain(long before, long after)
    {
        var sign = after > before ? 1 : -1;
        var (first, last) = (Math.Min(before, after) + 1, Math.Max(before, after));
        var shares = new List<TierShare>();
        for (var tier = _tiers.Find(first); first <= last; tier++)
        {
            var end = Math.Min(last, _tiers.EndOf(tier));
            shares.Add(_tiers.Share(tier, first, end, sign * (end - first + 1)));
            first = end + 1;
        }

        return shares;
    }

    private decimal PriceOf(long count, int tier) => (count * _tiers.PriceOf(tier)) + _intercepts[tier];
}
