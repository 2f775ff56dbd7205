using System.Runtime.CompilerServices;

namespace Settlements;

/// <summary>The pricing model that prices each unit at the tier that contains the number of that unit (marginal).</summary>
/// <remarks>
/// Uses a closed form: within a tier, the price is a linear function of the count, <c>price(n) = n * tier price + intercept</c>. The
/// intercept makes the function continuous at the first unit of the tier.
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override decimal PriceBetween(long before, long after)
    {
        var (from, to) = (_tiers.Find(before), _tiers.Find(after));
        return from == to ? (after - before) * _tiers.PriceOf(to) : PriceOf(after, to) - PriceOf(before, from);
    }

    /// <summary>Returns a share for each tier that contains units of the range, in order; units below 1 belong to the first tier.</summary>
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
