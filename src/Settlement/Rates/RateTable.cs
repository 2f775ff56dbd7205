namespace Settlement.Rates;

/// <summary>
/// What a count of units costs, in the main unit of a currency that is named beside the table. Immutable and thread-safe.
/// </summary>
/// <remarks>
/// Every price is exact: counts have at most 16 digits and unit prices at most 13, 6 of them decimals, so that an amount never
/// needs more than the 28 digits of <see cref="decimal"/>. Nothing here rounds. Two tables are equal when they price alike and are
/// written alike: exactly when their <see cref="ToString"/> is the same.
/// </remarks>
public sealed partial class RateTable : IEquatable<RateTable>
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

    private RateTable(RateMode mode, CountedOver countedOver, RateTier[] tiers, long unitsPerPackage = 1)
    {
        Mode = mode;
        CountedOver = countedOver;
        Tiers = Array.AsReadOnly(tiers);
        UnitsPerPackage = unitsPerPackage;
        _ends = Array.ConvertAll(tiers, tier => tier.UpTo ?? long.MaxValue);
        _prices = Array.ConvertAll(tiers, tier => tier.Price);
        _intercepts = Intercepts();
        _text = RateTableText.Of(this);
    }

    /// <summary>How a count is priced.</summary>
    public RateMode Mode { get; }

    /// <summary>What the count runs over; the item's life unless <see cref="Over"/> said otherwise.</summary>
    public CountedOver CountedOver { get; }

    /// <summary>
    /// The tiers in order, the last one without end; prices without zeros at their end. Flat and package tables have one.
    /// </summary>
    public IReadOnlyList<RateTier> Tiers { get; }

    /// <summary>The units that one price pays for: 1 to <see cref="PackageUnitsMax"/> in package mode, 1 in the others.</summary>
    public long UnitsPerPackage { get; }

    /// <summary>A table that prices each unit by the tier that its own number is in (marginal).</summary>
    /// <param name="tiers">
    /// Ordered by their last units, the last one open: <c>RateTable.Graduated((99_999, 1m), (null, 1.5m))</c> prices unit 99,999 at 1
    /// and unit 100,000 at 1.5.
    /// </param>
    /// <returns>The table, counted over the item's life.</returns>
    /// <exception cref="RateTableException">The tiers leave units without a price, or a price isn't allowed; with every fault.</exception>
    public static RateTable Graduated(params RateTier[] tiers) => Tiered(RateMode.Graduated, tiers);

    /// <summary>A table that prices all units by the tier that their total reaches.</summary>
    /// <param name="tiers">As for <see cref="Graduated"/>.</param>
    /// <returns>The table, counted over the item's life.</returns>
    /// <exception cref="RateTableException">The tiers leave units without a price, or a price isn't allowed; with every fault.</exception>
    public static RateTable Volume(params RateTier[] tiers) => Tiered(RateMode.Volume, tiers);

    /// <summary>A graduated table of tiers that name both of their ends, as spreadsheets do.</summary>
    /// <param name="spans">First and last unit, both included, and the price of a unit; from unit 1, in order, the last one open.</param>
    /// <returns>The same table as <see cref="Graduated"/> makes of the last units.</returns>
    /// <exception cref="RateTableException">There is a gap or an overlap, or another fault of a table; with every fault.</exception>
    public static RateTable GraduatedSpans(params IEnumerable<(long From, long? UpTo, decimal Price)> spans) =>
        Spanned(RateMode.Graduated, spans);

    /// <summary>A volume table of tiers that name both of their ends, as spreadsheets do.</summary>
    /// <param name="spans">As for <see cref="GraduatedSpans"/>.</param>
    /// <returns>The same table as <see cref="Volume"/> makes of the last units.</returns>
    /// <exception cref="RateTableException">There is a gap or an overlap, or another fault of a table; with every fault.</exception>
    public static RateTable VolumeSpans(params IEnumerable<(long From, long? UpTo, decimal Price)> spans) =>
        Spanned(RateMode.Volume, spans);

    /// <summary>A table that prices every unit the same.</summary>
    /// <param name="price">The price of a unit: 0 to <see cref="PriceMax"/>, with at most <see cref="PriceDecimalsMax"/> decimals.</param>
    /// <returns>The table, counted over the item's life.</returns>
    /// <exception cref="RateTableException">The price isn't allowed.</exception>
    public static RateTable Flat(decimal price)
    {
        ThrowIfAny(RateTableFaults.OfPrice(price, "the price is").ToList());
        return new(RateMode.Flat, CountedOver.Life, [new(null, Normalised(price))]);
    }

    /// <summary>A table with one price for every started package of units: a count of 1 pays for a whole package.</summary>
    /// <param name="unitsPerPackage">The units of a package: 1 to <see cref="PackageUnitsMax"/>.</param>
    /// <param name="price">The price of a package, with the limits that a unit's has in <see cref="Flat"/>.</param>
    /// <returns>The table, counted over the item's life.</returns>
    /// <exception cref="RateTableException">The package's size or its price isn't allowed; with every fault.</exception>
    public static RateTable Package(long unitsPerPackage, decimal price)
    {
        ThrowIfAny(RateTableFaults.OfPackage(unitsPerPackage, price).ToList());
        return new(RateMode.Package, CountedOver.Life, [new(null, Normalised(price))], unitsPerPackage);
    }

    /// <summary>The same table, counted over something else.</summary>
    /// <param name="countedOver">What the count runs over.</param>
    /// <returns>A copy; this table stays as it is.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="countedOver"/> isn't one of the five.</exception>
    public RateTable Over(CountedOver countedOver) =>
        Enum.IsDefined(countedOver)
            ? new(Mode, countedOver, [.. Tiers], UnitsPerPackage)
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

    private static RateTable Tiered(RateMode mode, RateTier[] tiers)
    {
        ArgumentNullException.ThrowIfNull(tiers);
        ThrowIfAny(RateTableFaults.OfTiers(tiers).ToList());
        return new(mode, CountedOver.Life, Array.ConvertAll(tiers, tier => tier with { Price = Normalised(tier.Price) }));
    }

    private static RateTable Spanned(RateMode mode, IEnumerable<(long From, long? UpTo, decimal Price)> spans)
    {
        ArgumentNullException.ThrowIfNull(spans);
        var all = spans.ToArray();
        ThrowIfAny(RateTableFaults.OfSpans(all).ToList());
        return Tiered(mode, Array.ConvertAll(all, span => new RateTier(span.UpTo, span.Price)));
    }

    private static void ThrowIfAny(List<string> faults)
    {
        if (faults.Count > 0)
            throw RateTableException.OfTable(faults);
    }

    // Dividing by a 1 with as many decimals as decimal can hold takes the zeros off the end: 1.10 becomes 1.1.
    private static decimal Normalised(decimal price) => price / 1.0000000000000000000000000000m;
}
