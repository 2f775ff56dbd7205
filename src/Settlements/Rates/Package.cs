using System.Globalization;

namespace Settlements;

/// <summary>One price for every started package of so many units.</summary>
internal sealed class Package(long unitsPerPackage, decimal price) : PricingModel([new(null, price)])
{
    public override RateMode Mode => RateMode.Package;

    public override string Name => "package";

    public override long UnitsPerPackage => unitsPerPackage;

    public override decimal PriceOf(long count) => Started(count) * price;

    public override decimal PriceBetween(long before, long after) => (Started(after) - Started(before)) * price;

    /// <summary>One part, whose units are the packages started or taken back, and whose first and last unit are the whole packages'.</summary>
    public override IReadOnlyList<TierShare> Explain(long before, long after)
    {
        var (from, to) = (Started(before), Started(after));
        return from == to
            ? []
            : [new(1, (Math.Min(from, to) * unitsPerPackage) + 1, Math.Max(from, to) * unitsPerPackage, to - from, price, (to - from) * price)];
    }

    public override string TiersText() => string.Create(CultureInfo.InvariantCulture, $"{unitsPerPackage} units at {price}");

    /// <summary>The ceiling of count / package: division truncates toward zero, which is the ceiling below zero only.</summary>
    private long Started(long count)
    {
        var (whole, rest) = Math.DivRem(count, unitsPerPackage);
        return rest > 0 ? whole + 1 : whole;
    }
}
