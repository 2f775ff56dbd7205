using System.Globalization;

namespace Settlements.Testing;

/// <summary>A rate version as plain data, used by the model and to configure the library.</summary>
/// <param name="Meter">The meter.</param>
/// <param name="Scope">Empty, <c>item:ID</c> or <c>payee:ID</c>.</param>
/// <param name="Name">The version's name.</param>
/// <param name="FirstDay">The first usage date.</param>
/// <param name="Mode">The pricing model.</param>
/// <param name="Over">The period of its counter.</param>
/// <param name="Tiers">The last unit and the price of each tier; flat and package tables have one tier.</param>
/// <param name="Package">Number of units of a package.</param>
/// <param name="Currency">The currency of its prices.</param>
public sealed record NaiveVersion(
    string Meter, string Scope, string Name, DateOnly FirstDay, RateMode Mode, CounterPeriod Over,
    IReadOnlyList<(long? UpTo, decimal Price)> Tiers,
    long Package, Currency Currency)
{
    /// <summary>Returns the library's equivalent rate table.</summary>
    public RateTable ToTable()
    {
        var tiers = Tiers.Select(t => new RateTier(t.UpTo, t.Price)).ToArray();
        return (Mode switch
        {
            RateMode.Graduated => RateTable.Graduated(tiers),
            RateMode.Volume => RateTable.Volume(tiers),
            RateMode.Flat => RateTable.Flat(tiers[0].Price),
            _ => RateTable.Package(Package, tiers[0].Price),
        }).Over(Over);
    }

    /// <summary>Adds the version to the rates of its meter.</summary>
    public void AddTo(MeterRatesBuilder rates)
    {
        ArgumentNullException.ThrowIfNull(rates);
        if (Scope.StartsWith("item:", StringComparison.Ordinal))
            rates.ForItem(Scope[5..], own => own.Version(Name, FirstDay, Currency, ToTable()));
        else if (Scope.StartsWith("payee:", StringComparison.Ordinal))
            rates.ForPayee(Scope[6..], own => own.Version(Name, FirstDay, Currency, ToTable()));
        else
            rates.Version(Name, FirstDay, Currency, ToTable());
    }

    /// <summary>Returns the price of the unit with the given number; for numbers below 1, the price of the first tier.</summary>
    public decimal UnitPrice(long number) => Tiers.First(t => t.UpTo is not { } last || number <= last).Price;

    /// <summary>Returns the amount of the units between two counts, added unit by unit; for all models except volume.</summary>
    public decimal Price(long before, long after)
    {
        if (Mode == RateMode.Package)
            return (Packages(after) - Packages(before)) * Tiers[0].Price;
        var price = 0m;
        for (var unit = Math.Min(before, after) + 1; unit <= Math.Max(before, after); unit++)
            price += UnitPrice(unit);
        return after < before ? -price : price;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Meter} {Scope} {Name} from {FirstDay:O}: {ToTable()} in {Currency}");

    private decimal Packages(long count) => Math.Ceiling((decimal)count / Package);
}

/// <summary>The rates of a history.</summary>
/// <param name="Versions">The versions of all meters and scopes.</param>
/// <param name="Cumulative">The meters with cumulative rounding.</param>
public sealed record NaiveRates(IReadOnlyList<NaiveVersion> Versions, IReadOnlyList<string> Cumulative)
{
    /// <summary>Configures a settlement with these rates.</summary>
    public void Configure(SettlementBuilder settlement)
    {
        ArgumentNullException.ThrowIfNull(settlement);
        foreach (var meter in Versions.Select(v => v.Meter).Distinct(StringComparer.Ordinal))
            settlement.Rates(meter, rates => AddTo(rates, meter));
    }

    /// <summary>Returns the library's equivalent rates of each meter.</summary>
    public IReadOnlyList<MeterRates> ToMeters() =>
        [.. Versions.Select(v => v.Meter).Distinct(StringComparer.Ordinal).Select(m => MeterRates.Build(m, rates => AddTo(rates, m)))];

    private void AddTo(MeterRatesBuilder rates, string meter)
    {
        foreach (var version in Versions.Where(v => v.Meter == meter))
            version.AddTo(rates);
        if (Cumulative.Contains(meter))
            rates.Round(Rounding.Cumulative);
    }

    /// <summary>
    /// Returns the version that prices usage: the item's, else the payee's, else the meter's; among these the latest in force.
    /// </summary>
    public NaiveVersion? Find(string meter, string item, string payee, DateOnly usageDate) =>
        ((string[])[$"item:{item}", $"payee:{payee}", ""])
            .Select(scope => Versions.Where(v => v.Meter == meter && v.Scope == scope && v.FirstDay <= usageDate).MaxBy(v => v.FirstDay))
            .FirstOrDefault(v => v is not null);

    /// <inheritdoc/>
    public override string ToString() => $"{string.Join('\n', Versions)}\ncumulative: {string.Join(", ", Cumulative)}";
}
