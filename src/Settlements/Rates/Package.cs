using System.Globalization;

namespace Settlements;

/// <summary>The pricing model with one price for each started package of a number of units.</summary>
internal sealed class Package(long unitsPerPackage, decimal price) : PricingModel([new(null, price)])
{
    public override RateMode Mode => RateMode.Package;

    public override string Name => "package";

    public override long UnitsPerPackage => unitsPerPackage;

    public override decimal PriceOf(long count) => Started(count) * price;

    public override decimal PriceBetween(long before, long after) => (Started(after) - Started(before)) * price;

    /// <summary>
    /// Returns one share, whose units are packages (negative for a lower count), and whose first and last unit are those of the packages.
    /// </summary>
    public override IReadOnlyList<TierShare> Explain(long before, long after)
    {
        var (from, to) = (Started(before), Started(after));
        return from == to
            ? []
            : [new(1, (Math.Min(from, to) * unitsPerPackage) + 1, Math.Max(from, to) * unitsPerPackage, to - from, price,
                (to - from) * price)];
    }

    public override string TiersText() => string.Create(CultureInfo.InvariantCulture, $"{unitsPerPackage} units at {price}");

    /// <summary>
    /// Returns the ceiling of count / package. Integer division truncates toward zero, which is the ceiling only below zero.
    /// </summary>
    private long Started(long count)
    {
        var (quotient, remainder) = Math.DivRem(count, unitsPerPackage);
        return remainder > 0 ? quotient + 1 : quotient;
    }
}
