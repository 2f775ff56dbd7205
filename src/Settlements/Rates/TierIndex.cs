using System.Runtime.CompilerServices;

namespace Settlements;

/// <summary>Finds tiers by a count of units. Immutable.</summary>
internal sealed class TierIndex(RateTier[] tiers)
{
    private readonly long[] _ends = Array.ConvertAll(tiers, tier => tier.UpTo ?? long.MaxValue);
    private readonly decimal[] _prices = Array.ConvertAll(tiers, tier => tier.Price);

    public int Count => _ends.Length;

    public long EndOf(int tier) => _ends[tier];

    public decimal PriceOf(int tier) => _prices[tier];

    /// <summary>Returns the first tier whose last unit is at or above the count, by binary search.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Find(long count)
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

    public TierShare Share(int tier, long first, long last, long units) =>
        new(tier + 1, first, last, units, _prices[tier], units * _prices[tier]);
}
