using System.Globalization;

namespace Settlements;

/// <summary>
/// What a count of units costs, in the main unit of a currency that is named beside the table. Immutable and thread-safe.
/// </summary>
/// <remarks>
/// Every price is exact: counts have at most 16 digits and unit prices at most 13, 6 of them decimals, so that an amount never
/// needs more than the 28 digits of <see cref="decimal"/>. Nothing here rounds. Two tables are equal when they price alike and are
/// written alike: exactly when their <see cref="ToString"/> is the same.
/// </remarks>
/// <example>
/// <code>
/// var table = RateTable.Graduated(new(99_999, 1m), new(499_999, 1.1m), new(null, 1.3m));
/// var exact = table.PriceBetween(before: 0, after: 550_000); // 605,000.3
/// var paid = new Money(Currency.KRW.Truncate(exact), Currency.KRW);
/// </code>
/// </example>
public sealed class RateTable : IEquatable<RateTable>
{
    /// <summary>The largest count, and the largest last unit of a tier: 10^15. Counts go as far below zero.</summary>
    public const long CountMax = 1_000_000_000_000_000;

    /// <summary>The largest price of a unit or a package, in the currency's main unit.</summary>
    public const decimal PriceMax = 1_000_000;

    /// <summary>The most decimals of a price; zeros at its end don't count.</summary>
    public const int PriceDecimalsMax = 6;

    /// <summary>The most units of a package: 10^9.</summary>
    public const long PackageUnitsMax = 1_000_000_000;

    private readonly string _text;

    private RateTable(PricingModel model, CounterPeriod countedOver)
    {
        Model = model;
        CounterPeriod = countedOver;
        _text = $"{model.Name} over {OverName(countedOver)}: {model.TiersText()}";
    }

    /// <summary>How a count is priced.</summary>
    public RateMode Mode => Model.Mode;

    /// <summary>What the count runs over; the item's life unless <see cref="Over"/> said otherwise.</summary>
    public CounterPeriod CounterPeriod { get; }

    /// <summary>
    /// The tiers in order, the last one without end; prices without zeros at their end. Flat and package tables have one.
    /// </summary>
    public IReadOnlyList<RateTier> Tiers => Model.Tiers;

    /// <summary>The units that one price pays for: 1 to <see cref="PackageUnitsMax"/> in package mode, 1 in the others.</summary>
    public long UnitsPerPackage => Model.UnitsPerPackage;

    internal PricingModel Model { get; }

    /// <summary>A table that prices each unit by the tier that its own number is in (marginal).</summary>
    /// <param name="tiers">
    /// Ordered by their last units, the last one open: <c>RateTable.Graduated((99_999, 1m), (null, 1.5m))</c> prices unit 99,999 at 1
    /// and unit 100,000 at 1.5.
    /// </param>
    /// <returns>The table, counted over the item's life.</returns>
    /// <exception cref="RateTableException">The tiers leave units without a price, or a price isn't allowed; with every fault.</exception>
    public static RateTable Graduated(params RateTier[] tiers) => new(new Graduated(Valid(tiers)), CounterPeriod.Lifetime);

    /// <summary>A table that prices all units by the tier that their total reaches.</summary>
    /// <param name="tiers">As for <see cref="Graduated"/>.</param>
    /// <returns>The table, counted over the item's life.</returns>
    /// <exception cref="RateTableException">The tiers leave units without a price, or a price isn't allowed; with every fault.</exception>
    public static RateTable Volume(params RateTier[] tiers) => new(new Volume(Valid(tiers)), CounterPeriod.Lifetime);

    /// <summary>A graduated table of tiers that name both of their ends, as spreadsheets do.</summary>
    /// <param name="spans">First and last unit, both included, and the price of a unit; from unit 1, in order, the last one open.</param>
    /// <returns>The same table as <see cref="Graduated"/> makes of the last units.</returns>
    /// <exception cref="RateTableException">There is a gap or an overlap, or another fault of a table; with every fault.</exception>
    public static RateTable GraduatedSpans(params IEnumerable<(long From, long? UpTo, decimal Price)> spans) =>
        Graduated(FromSpans(spans));

    /// <summary>A volume table of tiers that name both of their ends, as spreadsheets do.</summary>
    /// <param name="spans">As for <see cref="GraduatedSpans"/>.</param>
    /// <returns>The same table as <see cref="Volume"/> makes of the last units.</returns>
    /// <exception cref="RateTableException">There is a gap or an overlap, or another fault of a table; with every fault.</exception>
    public static RateTable VolumeSpans(params IEnumerable<(long From, long? UpTo, decimal Price)> spans) =>
        Volume(FromSpans(spans));

    /// <summary>A table that prices every unit the same.</summary>
    /// <param name="price">The price of a unit: 0 to <see cref="PriceMax"/>, with at most <see cref="PriceDecimalsMax"/> decimals.</param>
    /// <returns>The table, counted over the item's life.</returns>
    /// <exception cref="RateTableException">The price isn't allowed.</exception>
    public static RateTable Flat(decimal price)
    {
        ThrowIfAny(RateTableValidator.OfPrice(price, "the price is").ToList());
        return new(new Flat(Normalised(price)), CounterPeriod.Lifetime);
    }

    /// <summary>A table with one price for every started package of units: a count of 1 pays for a whole package.</summary>
    /// <param name="unitsPerPackage">The units of a package: 1 to <see cref="PackageUnitsMax"/>.</param>
    /// <param name="price">The price of a package, with the limits that a unit's has in <see cref="Flat"/>.</param>
    /// <returns>The table, counted over the item's life.</returns>
    /// <exception cref="RateTableException">The package's size or its price isn't allowed; with every fault.</exception>
    public static RateTable Package(long unitsPerPackage, decimal price)
    {
        ThrowIfAny(RateTableValidator.OfPackage(unitsPerPackage, price).ToList());
        return new(new Package(unitsPerPackage, Normalised(price)), CounterPeriod.Lifetime);
    }

    /// <summary>The price of units 1 to <paramref name="count"/>, exact.</summary>
    /// <param name="count">
    /// From -<see cref="CountMax"/> to <see cref="CountMax"/>, both included. Below zero the first tier goes on downward, so that units
    /// taken back before any was counted are credited at its price; a package count is the mathematical ceiling there too, so with
    /// packages of 10, -9 units are 0 packages and -10 are -1.
    /// </param>
    /// <returns>The price, 0 for a count of 0. Has at most <see cref="PriceDecimalsMax"/> decimals.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The count is beyond <see cref="CountMax"/>.</exception>
    public decimal PriceOf(long count)
    {
        ThrowIfBeyond(count, nameof(count));
        return Model.PriceOf(count);
    }

    /// <summary>The price of going from one count to another: <c>PriceOf(after) - PriceOf(before)</c>, exact.</summary>
    /// <param name="before">The cumulative count before, from -<see cref="CountMax"/> to <see cref="CountMax"/>, both included.</param>
    /// <param name="after">The cumulative count after, in the same range; less than before when units are taken back.</param>
    /// <returns>The difference; below zero when units are taken back, or when a volume table's next tier is cheaper as a whole.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A count is beyond <see cref="CountMax"/>.</exception>
    /// <remarks>Cheap enough to call for every line: no loop over units, no allocation.</remarks>
    public decimal PriceBetween(long before, long after)
    {
        ThrowIfBeyond(before, nameof(before));
        ThrowIfBeyond(after, nameof(after));
        return Model.PriceBetween(before, after);
    }

    /// <summary>The parts of <see cref="PriceBetween"/>, whose amounts sum to it exactly.</summary>
    /// <param name="before">The cumulative count before, from -<see cref="CountMax"/> to <see cref="CountMax"/>, both included.</param>
    /// <param name="after">The cumulative count after, in the same range.</param>
    /// <returns>
    /// Graduated and flat: a part for each tier that holds one of the units between, in order; units below 1 are the first tier's.
    /// Volume: the new count at its tier's price, then minus the old count at its tier's; a count of 0 has no part. Package: one part,
    /// whose <see cref="TierShare.Units"/> are the packages started or taken back, and whose first and last unit are the whole
    /// packages'. Empty when the count is unchanged, or starts no new package.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">A count is beyond <see cref="CountMax"/>.</exception>
    public IReadOnlyList<TierShare> Explain(long before, long after)
    {
        ThrowIfBeyond(before, nameof(before));
        ThrowIfBeyond(after, nameof(after));
        return before == after ? [] : Model.Explain(before, after);
    }

    /// <summary>The same table, counted over something else.</summary>
    /// <param name="countedOver">What the count runs over.</param>
    /// <returns>A copy; this table stays as it is.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="countedOver"/> isn't one of the five.</exception>
    public RateTable Over(CounterPeriod countedOver) =>
        Enum.IsDefined(countedOver)
            ? new(Model, countedOver)
            : throw new ArgumentOutOfRangeException(
                nameof(countedOver), countedOver, "A rate table counts over the item's life, its year, month, week or day.");

    /// <summary>The whole table on one line, whatever the current culture: equal tables have the same text, others another.</summary>
    /// <returns>
    /// For example <c>graduated over life: 1-99999 at 1, 100000- at 1.5</c>, <c>flat over day: 1- at 0.5</c> or
    /// <c>package over month: 1000 units at 5</c>.
    /// </returns>
    public override string ToString() => _text;

    /// <summary>Whether another table prices alike and is written alike.</summary>
    /// <param name="other">The other table.</param>
    /// <returns><see langword="true"/> exactly when both have the same <see cref="ToString"/>.</returns>
    public bool Equals(RateTable? other) => other is not null && _text == other._text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RateTable);

    /// <inheritdoc/>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    private static RateTier[] Valid(RateTier[] tiers)
    {
        ArgumentNullException.ThrowIfNull(tiers);
        ThrowIfAny(RateTableValidator.OfTiers(tiers).ToList());
        return Array.ConvertAll(tiers, tier => tier with { Price = Normalised(tier.Price) });
    }

    private static RateTier[] FromSpans(IEnumerable<(long From, long? UpTo, decimal Price)> spans)
    {
        ArgumentNullException.ThrowIfNull(spans);
        var all = spans.ToArray();
        ThrowIfAny(RateTableValidator.OfSpans(all).ToList());
        return Array.ConvertAll(all, span => new RateTier(span.UpTo, span.Price));
    }

    private static string OverName(CounterPeriod over) => over switch
    {
        CounterPeriod.Lifetime => "life",
        CounterPeriod.Year => "year",
        CounterPeriod.Month => "month",
        CounterPeriod.Week => "week",
        _ => "day",
    };

    private static void ThrowIfBeyond(long count, string parameter)
    {
        if (count is <= CountMax and >= -CountMax)
            return;
        throw new ArgumentOutOfRangeException(parameter, string.Create(
            CultureInfo.InvariantCulture,
            $"Count {count} is beyond what a rate table prices, {-CountMax} to {CountMax}, both included."));
    }

    private static void ThrowIfAny(List<string> errors)
    {
        if (errors.Count > 0)
            throw RateTableException.OfTable(errors);
    }

    // Dividing by a 1 with as many decimals as decimal can hold takes the zeros off the end: 1.10 becomes 1.1.
    private static decimal Normalised(decimal price) => price / 1.0000000000000000000000000000m;
}
