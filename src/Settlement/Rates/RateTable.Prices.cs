using System.Globalization;

namespace Settlement.Rates;

/// <content>
/// The closed form. Inside a tier a price is a straight line of the count, so <c>price(n) = n * tier price + intercept</c>: the
/// intercept is 0 in volume mode, and in graduated mode what makes a tier start where the one before it ends.
/// </content>
public sealed partial class RateTable
{
    private readonly long[] _ends;
    private readonly decimal[] _prices;
    private readonly decimal[] _intercepts;

    /// <summary>The price of units 1 to <paramref name="count"/>, exact.</summary>
    /// <param name="count">
    /// From -<see cref="CountMax"/> to <see cref="CountMax"/>, both included. Below zero the first tier goes on downward, so that units
    /// taken back before any were counted cost what they would pay; a package count is the mathematical ceiling there too, so with
    /// packages of 10, -9 units are 0 packages and -10 are -1.
    /// </param>
    /// <returns>The price, 0 for a count of 0. Has at most <see cref="PriceDecimalsMax"/> decimals.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The count is beyond <see cref="CountMax"/>.</exception>
    public decimal PriceOf(long count)
    {
        ThrowIfBeyond(count, nameof(count));
        return Mode == RateMode.Package ? StartedPackages(count) * _prices[0] : PriceOf(count, TierOf(count));
    }

    /// <summary>What a count's way from one value to another costs: <c>PriceOf(after) - PriceOf(before)</c>, exact.</summary>
    /// <param name="before">The cumulative count before, from -<see cref="CountMax"/> to <see cref="CountMax"/>, both included.</param>
    /// <param name="after">The cumulative count after, in the same range; less than before when units are taken back.</param>
    /// <returns>The difference; below zero when units are taken back, or when a volume table's next tier is cheaper as a whole.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A count is beyond <see cref="CountMax"/>.</exception>
    /// <remarks>Made to be called for every line: no loop over units, nothing allocated.</remarks>
    public decimal PriceBetween(long before, long after)
    {
        ThrowIfBeyond(before, nameof(before));
        ThrowIfBeyond(after, nameof(after));
        if (Mode == RateMode.Package)
            return (StartedPackages(after) - StartedPackages(before)) * _prices[0];

        var (from, to) = (TierOf(before), TierOf(after));
        return from == to ? (after - before) * _prices[to] : PriceOf(after, to) - PriceOf(before, from);
    }

    /// <summary>The price of a unit in the tier that a count reaches: what a volume table prices all units at.</summary>
    internal decimal UnitPriceAt(long count)
    {
        ThrowIfBeyond(count, nameof(count));
        return _prices[TierOf(count)];
    }

    private static void ThrowIfBeyond(long count, string parameter)
    {
        if (count is <= CountMax and >= -CountMax)
            return;
        throw new ArgumentOutOfRangeException(parameter, string.Create(
            CultureInfo.InvariantCulture,
            $"Count {count} is beyond what a rate table prices, {-CountMax} to {CountMax}, both included."));
    }

    private decimal PriceOf(long count, int tier) => (count * _prices[tier]) + _intercepts[tier];

    /// <summary>The first tier whose last unit is at or past the count; by halving, since the ends are ordered.</summary>
    private int TierOf(long count)
    {
        var (low, high) = (0, _ends.Length - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (count <= _ends[middle])
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }

    /// <summary>The ceiling of count / package: division truncates toward zero, which is the ceiling below zero only.</summary>
    private long StartedPackages(long count)
    {
        var (whole, rest) = Math.DivRem(count, UnitsPerPackage);
        return rest > 0 ? whole + 1 : whole;
    }

    private decimal[] Intercepts()
    {
        var intercepts = new decimal[_prices.Length];
        if (Mode != RateMode.Graduated)
            return intercepts;
        for (var tier = 1; tier < intercepts.Length; tier++)
            intercepts[tier] = intercepts[tier - 1] + (_ends[tier - 1] * (_prices[tier - 1] - _prices[tier]));
        return intercepts;
    }
}
