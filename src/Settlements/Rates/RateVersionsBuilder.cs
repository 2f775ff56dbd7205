namespace Settlements;

/// <summary>
/// Collects the versions of one scope. Tables that can't be are remembered with all of their errors instead of thrown, so that
/// everything wrong with a meter is said at once.
/// </summary>
/// <typeparam name="TBuilder">The builder itself, returned by each call so that calls can be chained.</typeparam>
public abstract class RateVersionsBuilder<TBuilder>
    where TBuilder : RateVersionsBuilder<TBuilder>
{
    private readonly List<RateVersion> _versions = [];
    private readonly List<string> _errors = [];
    private readonly string _scope;

    private protected RateVersionsBuilder(string subject, string scope) => (Subject, _scope) = (subject, scope);

    /// <summary>What the errors are about: "Rate table 'video.view'", and the item or payee after it.</summary>
    internal string Subject { get; }

    /// <summary>The versions that can be, as given.</summary>
    internal IReadOnlyList<RateVersion> Versions => _versions;

    /// <summary>Whole sentences, in the order in which they were met.</summary>
    internal IReadOnlyList<string> ScopeErrors => _errors;

    /// <summary>Whether a version was given at all, be it one that can't be.</summary>
    internal bool HasAnyVersion { get; private set; }

    /// <summary>Adds a version that prices each unit by the tier that its own number is in.</summary>
    /// <param name="version">Its name: 1 to 64 characters (code points).</param>
    /// <param name="from">The first business day that it prices, included.</param>
    /// <param name="currency">What its prices are in.</param>
    /// <param name="tiers">The last unit of each tier, included, and the price of a unit; the last tier open.</param>
    /// <param name="over">What the count runs over.</param>
    /// <returns>This builder.</returns>
    public TBuilder Graduated(
        string version, DateOnly from, Currency currency, (long? UpTo, decimal Price)[] tiers, CounterPeriod over = CounterPeriod.Lifetime) =>
        Add(version, from, currency, () => RateTable.Graduated(ToTiers(tiers)).Over(over));

    /// <summary>Adds a version that prices all units by the tier that their total reaches.</summary>
    /// <param name="version">Its name: 1 to 64 characters (code points).</param>
    /// <param name="from">The first business day that it prices, included.</param>
    /// <param name="currency">What its prices are in.</param>
    /// <param name="tiers">The last unit of each tier, included, and the price of a unit; the last tier open.</param>
    /// <param name="over">What the count runs over.</param>
    /// <returns>This builder.</returns>
    public TBuilder Volume(
        string version, DateOnly from, Currency currency, (long? UpTo, decimal Price)[] tiers, CounterPeriod over = CounterPeriod.Lifetime) =>
        Add(version, from, currency, () => RateTable.Volume(ToTiers(tiers)).Over(over));

    /// <summary>Adds a version that prices every unit the same.</summary>
    /// <param name="version">Its name: 1 to 64 characters (code points).</param>
    /// <param name="from">The first business day that it prices, included.</param>
    /// <param name="currency">What its price is in.</param>
    /// <param name="price">The price of a unit.</param>
    /// <param name="over">What the count runs over.</param>
    /// <returns>This builder.</returns>
    public TBuilder Flat(
        string version, DateOnly from, Currency currency, decimal price, CounterPeriod over = CounterPeriod.Lifetime) =>
        Add(version, from, currency, () => RateTable.Flat(price).Over(over));

    /// <summary>Adds a version with one price for every started package of units.</summary>
    /// <param name="version">Its name: 1 to 64 characters (code points).</param>
    /// <param name="from">The first business day that it prices, included.</param>
    /// <param name="currency">What its price is in.</param>
    /// <param name="unitsPerPackage">The units of a package: 1 to <see cref="RateTable.PackageUnitsMax"/>.</param>
    /// <param name="price">The price of a package.</param>
    /// <param name="over">What the count runs over.</param>
    /// <returns>This builder.</returns>
    public TBuilder Package(
        string version, DateOnly from, Currency currency, long unitsPerPackage, decimal price, CounterPeriod over = CounterPeriod.Lifetime) =>
        Add(version, from, currency, () => RateTable.Package(unitsPerPackage, price).Over(over));

    /// <summary>Adds a version of a table that is already made.</summary>
    /// <param name="version">Its name: 1 to 64 characters (code points).</param>
    /// <param name="from">The first business day that it prices, included.</param>
    /// <param name="currency">What its prices are in.</param>
    /// <param name="table">What a count of units costs.</param>
    /// <returns>This builder.</returns>
    public TBuilder Version(string version, DateOnly from, Currency currency, RateTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return Add(version, from, currency, () => table);
    }

    /// <summary>
    /// Lets the version added last replace an earlier one of the same scope, as a correction: it may start on days that are published, and prices
    /// them once they are restated; days that are open it prices at once.
    /// </summary>
    /// <param name="version">The name of the version that is replaced; it stays as it is.</param>
    /// <returns>This builder.</returns>
    public TBuilder Supersedes(string version)
    {
        ArgumentNullException.ThrowIfNull(version);
        if (_versions.Count == 0)
            AddError($"Supersedes('{version}') comes before any version; add the version that replaces it first");
        else
            _versions[^1] = _versions[^1].Superseding(version);
        return (TBuilder)this;
    }

    /// <summary>Runs the caller's part. A table that it made itself, and that was refused, becomes errors like the others.</summary>
    internal void Configure(Action<TBuilder> configure)
    {
        try
        {
            configure((TBuilder)this);
        }
        catch (RateTableException refused)
        {
            HasAnyVersion = true;
            foreach (var phrase in refused.Errors)
                AddError(phrase);
        }
    }

    /// <summary>Remembers a fault of this scope as a sentence.</summary>
    private protected void AddError(string phrase) => _errors.Add(RateTableException.Sentence(Subject, phrase));

    private TBuilder Add(string version, DateOnly from, Currency currency, Func<RateTable> make)
    {
        ArgumentNullException.ThrowIfNull(currency);
        HasAnyVersion = true;
        var nameError = RateNames.ErrorOf(version);
        if (nameError is not null)
            AddError($"version name '{version}' {nameError}");
        try
        {
            var table = make();
            if (nameError is null)
                _versions.Add(new(_scope, version, from, currency, table));
        }
        catch (RateTableException refused)
        {
            _errors.AddRange(refused.Errors.Select(phrase => RateTableException.Sentence($"{Subject} {version}", phrase)));
        }

        return (TBuilder)this;
    }

    private static RateTier[] ToTiers((long? UpTo, decimal Price)[] tiers)
    {
        ArgumentNullException.ThrowIfNull(tiers);
        return Array.ConvertAll(tiers, tier => (RateTier)tier);
    }
}
