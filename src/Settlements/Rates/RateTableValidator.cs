using static System.FormattableString;


namespace Settlements;

/// <summary>Validates rate tables. Each error is a phrase that names the tier, the value, the limit and the remedy.</summary>
internal static class RateTableValidator
{
    /// <summary>Returns the errors of tiers that are specified by their last units.</summary>
    public static IEnumerable<string> ValidateTiers(RateTier[] tiers)
    {
        if (tiers.Length == 0)
        {
            yield return "has no tiers; add at least one, whose UpTo is null";
            yield break;
        }

        // The highest valid end so far, and the number of its tier; 0 for none.
        var (highest, highestTier) = (0L, 0);
        for (var index = 0; index < tiers.Length; index++)
        {
            var (number, upTo) = (index + 1, tiers[index].UpTo);
            if (upTo is null && number < tiers.Length)
                yield return Invariant($"tier {number} has no end, but is not the last of {tiers.Length} tiers; set its last unit");
            else if (upTo < 1)
                yield return Invariant($"tier {number} is up to {upTo}, but units are numbered from 1");
            else if (upTo > RateTable.CountMax)
                yield return Invariant($"tier {number} is up to {upTo}, over the limit of {RateTable.CountMax}");
            else if (upTo == highest)
                yield return Invariant($"tier {number} is up to {upTo}, the same as tier {highestTier}");
            else if (upTo < highest)
                yield return Invariant($"tier {number} is up to {upTo}, below tier {highestTier} ({highest})");
            else if (upTo is not null)
                (highest, highestTier) = (upTo.Value, number);

            foreach (var error in ValidatePrice(tiers[index].Price, Invariant($"tier {number} has the price")))
                yield return error;
        }

        if (tiers[^1].UpTo is not null)
            yield return Invariant($"has a gap: nothing prices unit {highest + 1} and above; end with a tier whose UpTo is null");
    }

    /// <summary>Returns the errors of tiers that are specified by their first and last units.</summary>
    public static IEnumerable<string> ValidateSpans((long From, long? UpTo, decimal Price)[] spans)
    {
        for (var index = 0; index < spans.Length; index++)
        {
            var (number, from) = (index + 1, spans[index].From);
            if (from < 1)
                yield return Invariant($"tier {number} starts at {from}, but units are numbered from 1");
            else if (index == 0 && from > 1)
                yield return Invariant($"has a gap: nothing prices units 1 to {from - 1}; start tier 1 at 1");
            if (from > spans[index].UpTo)
                yield return Invariant($"tier {number} starts at {from}, after its end {spans[index].UpTo}");
            if (index > 0 && from >= 1 && spans[index - 1].UpTo is { } end)
            {
                if (from - 1 > end)
                    yield return Invariant($"has a gap: tier {index} ends at {end}, tier {number} starts at {from}");
                else if (from <= end)
                    yield return Invariant(
                        $"tiers {index} and {number} overlap: tier {index} ends at {end}, tier {number} starts at {from}");
            }
        }

        foreach (var error in ValidateTiers(Array.ConvertAll(spans, span => new RateTier(span.UpTo, span.Price))))
            yield return error;
    }

    /// <summary>Returns the errors of the size and the price of a package.</summary>
    public static IEnumerable<string> ValidatePackage(long unitsPerPackage, decimal price)
    {
        if (unitsPerPackage is < 1 or > RateTable.PackageUnitsMax)
            yield return Invariant($"a package has {unitsPerPackage} units; use 1 to {RateTable.PackageUnitsMax}");
        foreach (var error in ValidatePrice(price, "the price is"))
            yield return error;
    }

    /// <summary>Returns the errors of a price, each starting with <paramref name="subject"/>.</summary>
    public static IEnumerable<string> ValidatePrice(decimal price, string subject)
    {
        if (price < 0)
            yield return Invariant($"{subject} {price}, below 0");
        if (price > RateTable.PriceMax)
            yield return Invariant($"{subject} {price}, over the limit of {RateTable.PriceMax}");
        if (decimal.Round(price, RateTable.PriceDecimalsMax, MidpointRounding.ToZero) != price)
            yield return Invariant($"{subject} {price}, with more than {RateTable.PriceDecimalsMax} decimals");
    }
}
