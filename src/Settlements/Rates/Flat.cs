namespace Settlements;

/// <summary>The pricing model with one price for all units.</summary>
internal sealed class Flat(decimal price) : PricingModel([new(null, price)])
{
    public override RateMode Mode => RateMode.Flat;

    public override string Name => "flat";

    public override decimal PriceOf(long count) => count * price;

    public override decimal PriceBetween(long before, long after) => (after - before) * price;

    /// <summary>Returns one share.</summary>
    public override IReadOnlyList<TierShare> Explain(long before, long after) =>
        [new(1, Math.Min(before, after) + 1, Math.Max(before, after), after - before, price, (after - before) * price)];
}
