namespace Settlements;

/// <summary>
/// Builds the rates of a meter: the versions of its rate table, overrides of items and payees, and the rounding of lines. Used by
/// <see cref="MeterRates.Build"/>. Not thread-safe.
/// </summary>
/// <example>
/// <code>
/// var views = MeterRates.Build("video.view", rates =&gt; rates
///     .Graduated("2024-01", new DateOnly(2024, 1, 1), Currency.KRW, [(99_999, 1m), (null, 1.1m)])
///     .Flat("2025-01", new DateOnly(2025, 1, 1), Currency.KRW, price: 1.2m)
///     .ForPayee("ann", ann =&gt; ann.Flat("ann-2024", new DateOnly(2024, 1, 1), Currency.KRW, price: 2m)));
/// </code>
/// </example>
public sealed class MeterRatesBuilder : RateVersionsBuilder<MeterRatesBuilder>
{
    internal MeterRatesBuilder(string meter)
        : base($"Rate table '{meter}'", scope: "")
    {
        if (RateNames.ErrorOf(meter) is { } error)
            AddError($"the meter's name {error}");
    }

    internal Rounding Rounding { get; private set; } = Rounding.Truncating;

    internal Dictionary<string, RateOverrideBuilder> Items { get; } = new(StringComparer.Ordinal);

    internal Dictionary<string, RateOverrideBuilder> Payees { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// Adds an override for an item, which takes precedence over the override of its payee and over the meter's versions.
    /// </summary>
    /// <param name="itemId">The item, compared by bytes (case-sensitive). Repeated calls for one item add versions.</param>
    /// <param name="configure">
    /// Adds versions. Before the first day of the first one, the payee's or the meter's versions price the item.
    /// </param>
    /// <returns>This builder.</returns>
    public MeterRatesBuilder ForItem(string itemId, Action<RateOverrideBuilder> configure) => ForOverride(Items, "item", itemId, configure);

    /// <summary>Adds an override for a payee, which takes precedence over the meter's versions for all items without an override.</summary>
    /// <param name="payeeId">The payee, compared by bytes (case-sensitive). Repeated calls for one payee add versions.</param>
    /// <param name="configure">Adds versions. Before the first day of the first one, the meter's versions price the payee's items.</param>
    /// <returns>This builder.</returns>
    public MeterRatesBuilder ForPayee(string payeeId, Action<RateOverrideBuilder> configure) =>
        ForOverride(Payees, "payee", payeeId, configure);

    /// <summary>Sets the rule by which the exact amounts of lines are rounded. Default <see cref="Rounding.Truncating"/>.</summary>
    /// <param name="rule">The rule, for all versions and overrides of the meter.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rule"/> is not defined.</exception>
    public MeterRatesBuilder Round(Rounding rule)
    {
        if (!Enum.IsDefined(rule))
            throw new ArgumentOutOfRangeException(nameof(rule), rule, "Use Truncating or Cumulative.");
        Rounding = rule;
        return this;
    }

    /// <summary>Adds an existing version to its scope.</summary>
    internal void AddVersion(RateVersion version)
    {
        if (version.Scope.Length == 0)
            AddExisting(version);
        else if (RateScope.PayeeOf(version.Scope) is { } payee)
            ForPayee(payee, owner => owner.AddExisting(version));
        else
            ForItem(RateScope.ItemOf(version.Scope)!, owner => owner.AddExisting(version));
    }

    private MeterRatesBuilder ForOverride(
        Dictionary<string, RateOverrideBuilder> overrides, string kind, string id, Action<RateOverrideBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        if (string.IsNullOrEmpty(id))
        {
            AddError($"the {kind} id of an override is empty; use the id of one {kind}");
            return this;
        }

        if (!overrides.TryGetValue(id, out var builder))
            overrides[id] = builder = new($"{Subject} {kind} '{id}'", $"{kind}:{id}");
        builder.Configure(configure);
        return this;
    }
}
