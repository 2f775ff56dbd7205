using System.Globalization;

namespace Settlements;

/// <summary>
/// Prices a count of units, in the main unit of the currency of its <see cref="RateVersion"/>. Immutable and thread-safe.
/// </summary>
/// <remarks>
/// Every price is exact and never rounded: counts have at most 16 digits and unit prices at most 13, 6 of them decimals, so an amount fits
/// into the 28 digits of <see cref="decimal"/>. Two tables are equal when the results of their <see cref="ToString"/> are equal.
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
    /// <summary>The maximum count, and the maximum last unit of a tier: 10^15. The minimum count is the negative of it.</summary>
    public const long CountMax = 1_000_000_000_000_000;

    /// <summary>The maximum price of a unit or a package, in the main unit of the currency: 1,000,000.</summary>
    public const decimal PriceMax = 1_000_000;

    /// <summary>The maximum number of decimals of a price, without trailing zeros: 6.</summary>
    public const int PriceDecimalsMax = 6;

    /// <summary>The maximum number of units of a package: 10^9.</summary>
    public const long PackageUnitsMax = 1_000_000_000;

    private readonly string _text;

    private RateTable(PricingModel model, CounterPeriod period)
    {
        Model = model;
        CounterPeriod = period;
        _text = $"{model.Name} over {PeriodName(period)}: {model.TiersText()}";
    }

    /// <summary>The pricing model.</summary>
    public RateMode Mode => Model.Mode;

    /// <summary>
    /// The period over which the count accumulates. Default <see cref="CounterPeriod.Lifetime"/>; set by <see cref="Over"/>.
    /// </summary>
    public CounterPeriod CounterPeriod { get; }

    /// <summary>
    /// The tiers in order, the last one without an end; prices without trailing zeros. Flat and package tables have one tier.
    /// </summary>
    public IReadOnlyList<RateTier> Tiers => Model.Tiers;

    /// <summary>
    /// The number of units to which a price applies: 1 to <see cref="PackageUnitsMax"/> in package mode, 1 in the other modes.
    /// </summary>
    public long UnitsPerPackage => Model.UnitsPerPackage;

    internal PricingModel Model { get; }

    /// <summary>Creates a table that prices each unit at the tier that contains the number of that unit (marginal).</summary>
    /// <param name="tiers">
    /// The tiers, ordered by their last units, the last one without an end: <c>RateTable.Graduated((99_999, 1m), (null, 1.5m))</c> prices
    /// unit 99,999 at 1 and unit 100,000 at 1.5.
    /// </param>
    /// <returns>The table, with the counter period <see cref="CounterPeriod.Lifetime"/>.</returns>
    /// <exception cref="RateTableException">
    /// The tiers leave units without a price, or a price is out of range; lists all errors.
    /// </exception>
    public static RateTable Graduated(params RateTier[] tiers) => new(new Graduated(Valid(tiers)), CounterPeriod.Lifetime);

    /// <summary>Creates a table that prices all units at the tier that their total reaches.</summary>
    /// <param name="tiers">The tiers, as for <see cref="Graduated"/>.</param>
    /// <returns>The table, with the counter period <see cref="CounterPeriod.Lifetime"/>.</returns>
    /// <exception cref="RateTableException">
    /// The tiers leave units without a price, or a price is out of range; lists all errors.
    /// </exception>
    public static RateTable Volume(params RateTier[] tiers) => new(new Volume(Valid(tiers)), CounterPeriod.Lifetime);

    /// <summary>Creates a graduated table from tiers with a first and a last unit, as in spreadsheets.</summary>
    /// <param name="spans">
    /// The first and last unit of each tier, both included, and the price of a unit; from unit 1, in order, the last one without an end.
    /// </param>
    /// <returns>The same table as that of <see cref="Graduated"/> with the last units.</returns>
    /// <exception cref="RateTableException">There is a gap, an overlap or another error of a table; lists all errors.</exception>
    public static RateTable GraduatedSpans(params IEnumerable<(long From, long? UpTo, decimal Price)> spans) =>
        Graduated(FromSpans(spans));

    /// <summary>Creates a volume table from tiers with a first and a last unit, as in spreadsheets.</summary>
    /// <param name="spans">The tiers, as for <see cref="GraduatedSpans"/>.</param>
    /// <returns>The same table as that of <see cref="Volume"/> with the last units.</returns>
    /// <exception cref="RateTableException">There is a gap, an overlap or another error of a table; lists all errors.</exception>
    public static RateTable VolumeSpans(params IEnumerable<(long From, long? UpTo, decimal Price)> spans) =>
        Volume(FromSpans(spans));

    /// <summary>Creates a table with one price for all units.</summary>
    /// <param name="price">The price of a unit: 0 to <see cref="PriceMax"/>, with at most <see cref="PriceDecimalsMax"/> decimals.</param>
    /// <returns>The table, with the counter period <see cref="CounterPeriod.Lifetime"/>.</returns>
    /// <exception cref="RateTableException">The price is out of range.</exception>
    public static RateTable Flat(decimal price)
    {
        ThrowIfAny(RateTableValidator.ValidatePrice(price, "the price is").ToList());
        return new(new Flat(Normalised(price)), CounterPeriod.Lifetime);
    }

    /// <summary>Creates a table with one price for each started package of units: a count of 1 has the price of one package.</summary>
    /// <param name="unitsPerPackage">The number of units of a package: 1 to <see cref="PackageUnitsMax"/>.</param>
    /// <param name="price">The price of a package, with the same limits as the price in <see cref="Flat"/>.</param>
    /// <returns>The table, with the counter period <see cref="CounterPeriod.Lifetime"/>.</returns>
    /// <exception cref="RateTableException">The size or the price of the package is out of range; lists all errors.</exception>
    public static RateTable Package(long unitsPerPackage, decimal price)
    {
        ThrowIfAny(RateTableValidator.ValidatePackage(unitsPerPackage, price).ToList());
        return new(new Package(unitsPerPackage, Normalised(price)), CounterPeriod.Lifetime);
    }

    /// <summary>Returns the exact price of units 1 to <paramref name="count"/>.</summary>
    /// <param name="count">
    /// The count, from -<see cref="CountMax"/> to <see cref="CountMax"/>, both included. Below zero the first tier applies, so corrections
    /// below a count of zero are credited at its price. The number of packages is the ceiling there too: with packages of 10, -9 units are
    /// 0 packages and -10 units are -1 package.
    /// </param>
    /// <returns>The price, with at most <see cref="PriceDecimalsMax"/> decimals; 0 for a count of 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The count is out of range.</exception>
    public decimal PriceOf(long count)
    {
        ThrowIfOutOfRange(count, nameof(count));
        return Model.PriceOf(count);
    }

    /// <summary>Returns the exact price of a change of the count: <c>PriceOf(after) - PriceOf(before)</c>.</summary>
    /// <param name="before">The cumulative count before, from -<see cref="CountMax"/> to <see cref="CountMax"/>, both included.</param>
    /// <param name="after">The cumulative count after, in the same range; less than before for a correction.</param>
    /// <returns>The difference; negative for a correction, or when all units are cheaper in the next tier of a volume table.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A count is out of range.</exception>
    /// <remarks>Does not loop over units or allocate, so it can be called for every line.</remarks>
    public decimal PriceBetween(long before, long after)
    {
        ThrowIfOutOfRange(before, nameof(before));
        ThrowIfOutOfRange(after, nameof(after));
        return Model.PriceBetween(before, after);
    }

    /// <summary>Returns the shares of <see cref="PriceBetween"/>, whose amounts sum to it exactly.</summary>
    /// <param name="before">The cumulative count before, from -<see cref="CountMax"/> to <see cref="CountMax"/>, both included.</param>
    /// <param name="after">The cumulative count after, in the same range.</param>
    /// <returns>
    /// Graduated and flat: one share for each tier that contains units of the range, in order; units below 1 belong to the first tier.
    /// Volume: the new count at the price of its tier, then the old count, negative, at the price of its tier; a count of 0 has no share.
    /// Package: one share, whose <see cref="TierShare.Units"/> are packages (negative for a lower count), and whose first and last unit are
    /// those of the packages. Empty when the count or the number of packages does not change.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">A count is out of range.</exception>
    public IReadOnlyList<TierShare> Explain(long before, long after)
    {
        ThrowIfOutOfRange(before, nameof(before));
        ThrowIfOutOfRange(after, nameof(after));
        return before == after ? [] : Model.Explain(before, after);
    }

    /// <summary>Returns a copy of the table with another counter period.</summary>
    /// <param name="period">The period over which the count accumulates.</param>
    /// <returns>The copy.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="period"/> is not defined.</exception>
    public RateTable Over(CounterPeriod period) =>
        Enum.IsDefined(period)
            ? new(Model, period)
            : throw new ArgumentOutOfRangeException(nameof(period), period, "Use Lifetime, Year, Month, Week or Day.");

    /// <summary>
    /// Returns the complete table on one line, independent of the current culture. Two tables are equal exactly when their texts are.
    /// </summary>
    /// <returns>
    /// For example <c>graduated over lifetime: 1-99999 at 1, 100000- at 1.5</c>, <c>flat over day: 1- at 0.5</c> or
    /// <c>package over month: 1000 units at 5</c>.
    /// </returns>
    public override string ToString() => _text;

    /// <summary>Returns whether another table is equal.</summary>
    /// <param name="other">The other table.</param>
    /// <returns><see langword="true"/> when the results of <see cref="ToString"/> are equal.</returns>
    public bool Equals(RateTable? other) => other is not null && _text == other._text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RateTable);

    /// <inheritdoc/>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    private static RateTier[] Valid(RateTier[] tiers)
    {
        ArgumentNullException.ThrowIfNull(tiers);
        ThrowIfAny(RateTableValidator.ValidateTiers(tiers).ToList());
        return Array.ConvertAll(tiers, tier => tier with { Price = Normalised(tier.Price) });
    }

    private static RateTier[] FromSpans(IEnumerable<(long From, long? UpTo, decimal Price)> spans)
    {
        ArgumentNullException.ThrowIfNull(spans);
        var all = spans.ToArray();
        ThrowIfAny(RateTableValidator.ValidateSpans(all).ToList());
        return Array.ConvertAll(all, span => new RateTier(span.UpTo, span.Price));
    }

    private static string PeriodName(CounterPeriod period) => period switch
    {
        CounterPeriod.Lifetime => "lifetime",
        CounterPeriod.Year => "year",
        CounterPeriod.Month => "month",
        CounterPeriod.Week => "week",
        _ => "day",
    };

    private static void ThrowIfOutOfRange(long count, string parameter)
    {
        if (count is <= CountMax and >= -CountMax)
            return;
        throw new ArgumentOutOfRangeException(parameter, string.Create(
            CultureInfo.InvariantCulture,
            $"Count {count} is out of range. Use {-CountMax} to {CountMax}, both included."));
    }

    private static void ThrowIfAny(List<string> errors)
    {
        if (errors.Count > 0)
            throw RateTableException.OfTable(errors);
    }

    // Dividing by a 1 with the maximum number of decimals removes trailing zeros: 1.10 becomes 1.1.
    private static decimal Normalised(decimal price) => price / 1.0000000000000000000000000000m;
}
