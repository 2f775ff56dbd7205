namespace Settlements;

/// <summary>
/// Builds the versions of one scope. Errors of tables are collected instead of thrown, so that all errors of a meter are reported at once.
/// </summary>
/// <typeparam name="TBuilder">The type of the builder, which each call returns.</typeparam>
public abstract class RateVersionsBuilder<TBuilder>
    where TBuilder : RateVersionsBuilder<TBuilder>
{
    private readonly List<RateVersion> _versions = [];
    private readonly List<string> _errors = [];
    private readonly string _scope;

    /// <summary>Whether the version added last has errors, so that it is not one of <see cref="_versions"/>.</summary>
    private bool _isLastInvalid;

    private protected RateVersionsBuilder(string subject, string scope) => (Subject, _scope) = (subject, scope);

    /// <summary>The subject of error messages: "Rate table 'video.view'", followed by the item or payee of an override.</summary>
    internal string Subject { get; }

    /// <summary>The valid versions, in the order in which they were added.</summary>
    internal IReadOnlyList<RateVersion> Versions => _versions;

    /// <summary>The errors as sentences, in the order in which they were found.</summary>
    internal IReadOnlyList<string> ScopeErrors => _errors;

    /// <summary>Whether a version was added, valid or not.</summary>
    internal bool HasAnyVersion { get; private set; }

    /// <summary>Adds a version that prices each unit at the tier that contains the number of that unit (marginal).</summary>
    /// <param name="version">The name of the version: 1 to 64 characters (code points).</param>
    /// <param name="from">The first usage date that it prices, included.</param>
    /// <param name="currency">The currency of the prices.</param>
    /// <param name="tiers">The last unit of each tier, included, null for the last tier, and the price of a unit.</param>
    /// <param name="over">The period over which the count accumulates. Default <see cref="CounterPeriod.Lifetime"/>.</param>
    /// <returns>This builder.</returns>
    public TBuilder Graduated(
        string version, DateOnly from, Currency currency, (long? UpTo, decimal Price)[] tiers,
        CounterPeriod over = CounterPeriod.Lifetime) =>
        Add(version, from, currency, () => RateTable.Graduated(ToTiers(tiers)).Over(over));

    /// <summary>Adds a version that prices all units at the tier that their total reaches.</summary>
    /// <param name="version">The name of the version: 1 to 64 characters (code points).</param>
    /// <param name="from">The first usage date that it prices, included.</param>
    /// <param name="currency">The currency of the prices.</param>
    /// <param name="tiers">The last unit of each tier, included, null for the last tier, and the price of a unit.</param>
    /// <param name="over">The period over which the count accumulates. Default <see cref="CounterPeriod.Lifetime"/>.</param>
    /// <returns>This builder.</returns>
    public TBuilder Volume(
        string version, DateOnly from, Currency currency, (long? UpTo, decimal Price)[] tiers,
        CounterPeriod over = CounterPeriod.Lifetime) =>
        Add(version, from, currency, () => RateTable.Volume(ToTiers(tiers)).Over(over));

    /// <summary>Adds a version with one price for all units.</summary>
    /// <param name="version">The name of the version: 1 to 64 characters (code points).</param>
    /// <param name="from">The first usage date that it prices, included.</param>
    /// <param name="currency">The currency of the price.</param>
    /// <param name="price">The price of a unit.</param>
    /// <param name="over">The period over which the count accumulates. Default <see cref="CounterPeriod.Lifetime"/>.</param>
    /// <returns>This builder.</returns>
    public TBuilder Flat(
        string version, DateOnly from, Currency currency, decimal price, CounterPeriod over = CounterPeriod.Lifetime) =>
        Add(version, from, currency, () => RateTable.Flat(price).Over(over));

    /// <summary>Adds a version with one price for each started package of units.</summary>
    /// <param name="version">The name of the version: 1 to 64 characters (code points).</param>
    /// <param name="from">The first usage date that it prices, included.</param>
    /// <param name="currency">The currency of the price.</param>
    /// <param name="unitsPerPackage">The number of units of a package: 1 to <see cref="RateTable.PackageUnitsMax"/>.</param>
    /// <param name="price">The price of a package.</param>
    /// <param name="over">The period over which the count accumulates. Default <see cref="CounterPeriod.Lifetime"/>.</param>
    /// <returns>This builder.</returns>
    public TBuilder Package(
        string version, DateOnly from, Currency currency, long unitsPerPackage, decimal price,
        CounterPeriod over = CounterPeriod.Lifetime) =>
        Add(version, from, currency, () => RateTable.Package(unitsPerPackage, price).Over(over));

    /// <summary>Adds a version with an existing table.</summary>
    /// <param name="version">The name of the version: 1 to 64 characters (code points).</param>
    /// <param name="from">The first usage date that it prices, included.</param>
    /// <param name="currency">The currency of the prices.</param>
    /// <param name="table">The table.</param>
    /// <returns>This builder.</returns>
    public TBuilder Version(string version, DateOnly from, Currency currency, RateTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return Add(version, from, currency, () => table);
    }

    /// <summary>
    /// Marks the version added last as a correction that replaces an earlier one of the same scope. It may start on a published day: it
    /// prices published days when they are restated, and open days without a restatement.
    /// </summary>
    /// <param name="version">The name of the version to replace, which remains configured and unchanged.</param>
    /// <returns>This builder.</returns>
    public TBuilder Supersedes(string version)
    {
        ArgumentNullException.ThrowIfNull(version);
        if (!HasAnyVersion)
            AddError($"Supersedes('{version}') is called before any version is added; add the superseding version first");
        else if (!_isLastInvalid)
            _versions[^1] = _versions[^1].Superseding(version);
        return (TBuilder)this;
    }

    /// <summary>
    /// Ends the version added last. On later dates the version of the next scope applies: after an item's override its payee's, after a
    /// payee's the meter's. A meter's version that ends must be followed by one that starts on the next day or earlier.
    /// </summary>
    /// <param name="lastDay">The last usage date that the version prices, included; not before its first one.</param>
    /// <returns>This builder.</returns>
    public TBuilder Until(DateOnly lastDay)
    {
        if (!HasAnyVersion)
            AddError(FormattableString.Invariant($"Until({lastDay:O}) is called before any version is added; add the version first"));
        else if (!_isLastInvalid)
            _versions[^1] = _versions[^1].EndingOn(lastDay);
        return (TBuilder)this;
    }

    /// <summary>Adds a version of other rates without a change.</summary>
    internal void AddExisting(RateVersion version)
    {
        HasAnyVersion = true;
        _isLastInvalid = false;
        _versions.Add(version);
    }

    /// <summary>Runs the caller's configuration. An exception of an invalid table that it creates is collected as errors.</summary>
    internal void Configure(Action<TBuilder> configure)
    {
        try
        {
            configure((TBuilder)this);
        }
        catch (RateTableException invalid)
        {
            HasAnyVersion = true;
            _isLastInvalid = true;
            foreach (var phrase in invalid.Errors)
                AddError(phrase);
        }
    }

    /// <summary>Adds an error of this scope as a sentence.</summary>
    private protected void AddError(string phrase) => _errors.Add(RateTableException.Sentence(Subject, phrase));

    private TBuilder Add(string version, DateOnly from, Currency currency, Func<RateTable> create)
    {
        ArgumentNullException.ThrowIfNull(currency);
        HasAnyVersion = true;
        _isLastInvalid = true;
        var nameError = RateNames.ErrorOf(version);
        if (nameError is not null)
            AddError($"version name '{version}' {nameError}");
        try
        {
            var table = create();
            if (nameError is null)
                AddExisting(new(_scope, version, from, currency, table));
        }
        catch (RateTableException invalid)
        {
            _errors.AddRange(invalid.Errors.Select(phrase => RateTableException.Sentence($"{Subject} {version}", phrase)));
        }

        return (TBuilder)this;
    }

    private static RateTier[] ToTiers((long? UpTo, decimal Price)[] tiers)
    {
        ArgumentNullException.ThrowIfNull(tiers);
        return Array.ConvertAll(tiers, tier => (RateTier)tier);
    }
}
