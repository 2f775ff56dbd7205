namespace Settlement.Rates;

/// <content>Why a price is what it is.</content>
public sealed partial class RateTable
{
    /// <summary>The parts of <see cref="PriceBetween"/>, whose amounts sum to it exactly.</summary>
    /// <param name="before">The cumulative count before, from -<see cref="CountMax"/> to <see cref="CountMax"/>, both included.</param>
    /// <param name="after">The cumulative count after, in the same range.</param>
    /// <returns>
    /// Graduated and flat: a part for each tier that holds one of the units between, in order; units below 1 are the first tier's.
    /// Volume: the count after at its tier, then the count before, taken back, at its own; a count of 0 has no part. Package: one part,
    /// whose <see cref="TierShare.Units"/> are the packages started or taken back, and whose first and last unit are the whole
    /// packages'. Nothing at all when the count stays, or starts no new package.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">A count is beyond <see cref="CountMax"/>.</exception>
    public IReadOnlyList<TierShare> Explain(long before, long after)
    {
        ThrowIfBeyond(before, nameof(before));
        ThrowIfBeyond(after, nameof(after));
        if (before == after)
            return [];
        return Mode switch
        {
            RateMode.Volume => ExplainTotals(before, after),
            RateMode.Package => ExplainPackages(StartedPackages(before), StartedPackages(after)),
            _ => ExplainTiers(before, after),
        };
    }

    /// <summary>Units that a volume table prices at the tier that a counter reaches.</summary>
    internal IReadOnlyList<TierShare> ExplainVolume(long units, long reached)
    {
        ThrowIfBeyond(reached, nameof(reached));
        return [Share(TierOf(reached), Math.Min(reached + 1, 1), Math.Max(reached, 0), units)];
    }

    private List<TierShare> ExplainTiers(long before, long after)
    {
        var sign = after > before ? 1 : -1;
        var (first, last) = (Math.Min(before, after) + 1, Math.Max(before, after));
        var shares = new List<TierShare>();
        for (var tier = TierOf(first); first <= last; tier++)
        {
            var end = Math.Min(last, _ends[tier]);
            shares.Add(Share(tier, first, end, sign * (end - first + 1)));
            first = end + 1;
        }

        return shares;
    }

    private List<TierShare> ExplainTotals(long before, long after)
    {
        var shares = new List<TierShare>();
        if (after != 0)
            shares.Add(Share(TierOf(after), Math.Min(after + 1, 1), Math.Max(after, 0), after));
        if (before != 0)
            shares.Add(Share(TierOf(before), Math.Min(before + 1, 1), Math.Max(before, 0), -before));
        return shares;
    }

    private List<TierShare> ExplainPackages(long before, long after) =>
        before == after
            ? []
            : [Share(0, (Math.Min(before, after) * UnitsPerPackage) + 1, Math.Max(before, after) * UnitsPerPackage, after - before)];

    private TierShare Share(int tier, long first, long last, long units) =>
        new(tier + 1, first, last, units, _prices[tier], units * _prices[tier]);
}
