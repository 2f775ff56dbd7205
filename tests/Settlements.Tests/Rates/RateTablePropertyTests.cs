using System.Numerics;
using FsCheck;
using FsCheck.Xunit;

namespace Settlements.Tests.Rates;

/// <summary>Compares each model's closed form with its definition, unit by unit in integer arithmetic.</summary>
public sealed class RateTablePropertyTests
{
    private const int MicrosPerUnit = 1_000_000;

    [Property(MaxTest = 2000)]
    public void Every_model_prices_like_its_definition_unit_by_unit(byte mode, byte[] widths, ushort price, short before, short after)
    {
        var table = SampleTables.Any(mode, widths, price);
        var (from, to) = (before % 400, after % 400);

        table.PriceOf(to).Should().Be(Naive(table, to));
        table.PriceBetween(from, to).Should().Be(Naive(table, to) - Naive(table, from));
    }

    [Property(MaxTest = 2000)]
    public void The_price_of_two_steps_equals_the_price_of_one(byte mode, byte[] widths, ushort price, long a, long b, long c)
    {
        var table = SampleTables.Any(mode, widths, price);
        (a, b, c) = (a % 1_000, b % RateTable.CountMax, c % 1_000);

        (table.PriceBetween(a, b) + table.PriceBetween(b, c)).Should().Be(table.PriceBetween(a, c));
        table.PriceBetween(a, b).Should().Be(-table.PriceBetween(b, a));
    }

    [Property(MaxTest = 2000)]
    public void Counts_up_to_the_limit_are_exact(byte mode, byte[] widths, ushort price, long before, long after)
    {
        // Distant tier ends and prices with six decimals, so that amounts use all of their digits.
        var spread = SampleTables.Tiers(widths, price).Select(tier =>
            new RateTier(tier.UpTo * 3_999_999_999_989, (tier.Price * 100_000m) + 0.000_007m)).ToArray();
        var table = (mode % 3) switch
        {
            0 => RateTable.Graduated(spread),
            1 => RateTable.Volume(spread),
            _ => RateTable.Package(widths.Length + 1, spread[0].Price),
        };
        (before, after) = (Large(before), Large(after));

        Micros(table.PriceBetween(before, after)).Should().Be(InWholeNumbers(table, after) - InWholeNumbers(table, before));
    }

    [Property(MaxTest = 2000)]
    public void The_parts_of_an_explanation_sum_to_the_price(byte mode, byte[] widths, ushort price, short before, short after)
    {
        var table = SampleTables.Any(mode, widths, price);
        var shares = table.Explain(before, after);

        shares.Sum(share => share.Amount).Should().Be(table.PriceBetween(before, after));
        shares.Should().NotContain(share => share.Amount != share.Units * share.Price || share.FirstUnit > share.LastUnit);
        if (table.Mode is RateMode.Graduated or RateMode.Flat)
        {
            shares.Sum(share => share.Units).Should().Be(after - before);
            shares.Select(share => share.Tier).Should().OnlyHaveUniqueItems().And.BeInAscendingOrder();
            shares.Should().NotContain(share => Math.Abs(share.Units) != share.LastUnit - share.FirstUnit + 1);
        }
    }

    /// <summary>The definition of the model, unit by unit. Below zero, the first tier continues.</summary>
    private static decimal Naive(RateTable table, int count)
    {
        var sum = 0m;
        if (table.Mode == RateMode.Package)
        {
            for (var unit = 1; unit <= count; unit++)
                sum += (unit - 1) % table.UnitsPerPackage == 0 ? table.Tiers[0].Price : 0; // starts a package
            for (var units = -count; units >= table.UnitsPerPackage; units -= (int)table.UnitsPerPackage)
                sum -= table.Tiers[0].Price; // reverts a complete package
            return sum;
        }

        for (var unit = 1; unit <= count; unit++)
            sum += PriceAt(table, table.Mode == RateMode.Volume ? count : unit);
        for (var unit = 0; unit > count; unit--)
            sum -= table.Tiers[0].Price;
        return sum;
    }

    private static decimal PriceAt(RateTable table, long unit) => table.Tiers.First(tier => tier.UpTo is null || unit <= tier.UpTo).Price;

    private static BigInteger InWholeNumbers(RateTable table, long count)
    {
        if (table.Mode == RateMode.Package)
            return Ceiling(count, table.UnitsPerPackage) * Micros(table.Tiers[0].Price);
        if (count <= 0 || table.Mode == RateMode.Volume)
            return count * Micros(PriceAt(table, count));
        var (sum, held) = (BigInteger.Zero, 0L);
        foreach (var tier in table.Tiers)
        {
            var end = Math.Min(count, tier.UpTo ?? count);
            sum += (end - held) * Micros(tier.Price);
            if (end == count)
                break;
            held = end;
        }

        return sum;
    }

    // The ceiling as the negated floor of the negated value, with a remainder that is never negative.
    private static BigInteger Ceiling(BigInteger count, BigInteger size) => (count + (((-count % size) + size) % size)) / size;

    private static BigInteger Micros(decimal amount)
    {
        // An amount of 10^21 with six decimals has 27 digits, which fit a decimal; the product is computed in integers.
        var whole = decimal.Truncate(amount);
        return ((BigInteger)whole * MicrosPerUnit) + (BigInteger)((amount - whole) * MicrosPerUnit);
    }

    // FsCheck generates small numbers: scale them to the range of counts.
    private static long Large(long seed) => (long)(new BigInteger(seed) * 1_234_567_891_011 % RateTable.CountMax);
}
