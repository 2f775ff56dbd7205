namespace Settlements;

/// <summary>
/// Says what a meter pays: versions of its rate table, tables that items or payees have of their own, and how lines are rounded.
/// Used in <see cref="MeterRates.Build"/>. Not thread-safe.
/// </summary>
/// <example>
/// <code>
/// var views = MeterRates.Build("video.view", rates =&gt; rates
///     .Graduated("2024-01", new DateOnly(2024, 1, 1), Currency.KRW, [(99_999, 1m), (null, 1.1m)])
///     .Flat("2025-01", new DateOnly(2025, 1, 1), Currency.KRW, price: 1.2m)
///     .ForPayee("ann", own =&gt; own.Flat("ann-2024", new DateOnly(2024, 1, 1), Currency.KRW, price: 2m)));
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

    /// <summary>Gives an item a rate table of its own, which wins over its payee's own and over the meter's.</summary>
    /// <param name="itemId">The item, compared by bytes: <c>abc</c> and <c>ABC</c> are two. Named again, its versions are added.</param>
    /// <param name="own">Adds the item's versions. Before the first of them, its payee's own or the meter's price the item.</param>
    /// <returns>This builder.</returns>
    public MeterRatesBuilder ForItem(string itemId, Action<RateOverrideBuilder> own) => ForOverride(Items, "item", itemId, own);

    /// <summary>Gives a payee a rate table of its own, which wins over the meter's for all of its items that have none.</summary>
    /// <param name="payeeId">The payee, compared by bytes. Named again, its versions are added.</param>
    /// <param name="own">Adds the payee's versions. Before the first of them the meter's price the payee's items.</param>
    /// <returns>This builder.</returns>
    public MeterRatesBuilder ForPayee(string payeeId, Action<RateOverrideBuilder> own) => ForOverride(Payees, "payee", payeeId, own);

    /// <summary>Says how a line's exact amount is rounded; <see cref="Rounding.Truncating"/> unless said.</summary>
    /// <param name="rule">The rule, for all of the meter's versions and overrides.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rule"/> isn't one of the two.</exception>
    public MeterRatesBuilder Round(Rounding rule)
    {
        if (!Enum.IsDefined(rule))
            throw new ArgumentOutOfRangeException(nameof(rule), rule, "Rounding is Truncating or Cumulative.");
        Rounding = rule;
        return this;
    }

    private MeterRatesBuilder ForOverride(Dictionary<string, RateOverrideBuilder> owners, string kind, string id, Action<RateOverrideBuilder> own)
    {
        ArgumentNullException.ThrowIfNull(own);
        if (string.IsNullOrEmpty(id))
        {
            AddError($"the {kind} id of an override is empty; give the id of one {kind}");
            return this;
        }

        if (!owners.TryGetValue(id, out var builder))
            owners[id] = builder = new($"{Subject} {kind} '{id}'", $"{kind}:{id}");
        builder.Configure(own);
        return this;
    }
}
