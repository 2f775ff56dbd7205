namespace Settlements;

/// <summary>A new rate version of a meter, an item or a payee, to be proposed. Immutable.</summary>
/// <example>
/// <code>
/// var change = new RateChange(
///     "video.view", "ann-2024-08", new DateOnly(2024, 8, 1), Currency.KRW, RateTable.Flat(2m), scope: "payee:ann",
///     lastDay: new DateOnly(2024, 12, 31));
/// </code>
/// </example>
public sealed class RateChange
{
    /// <summary>Creates a change.</summary>
    /// <param name="meter">The meter: one with rates in code, or one that is declared with <see cref="SettlementBuilder.Meter"/>.</param>
    /// <param name="version">The name of the version: 1 to 64 characters (code points), not used in its scope.</param>
    /// <param name="firstDay">The first usage date that it prices, included.</param>
    /// <param name="currency">The currency of the prices.</param>
    /// <param name="table">The tiers and prices, and the counter period.</param>
    /// <param name="scope">Empty for the meter; <c>item:ID</c> or <c>payee:ID</c> for an override. Compared by bytes.</param>
    /// <param name="lastDay">
    /// The last usage date that it prices, included; null for no end. A version of a meter that ends needs another one from the next date
    /// on.
    /// </param>
    /// <param name="supersedes">
    /// The version of the same scope that this one corrects; then it may start on a published day, and prices published days when they are
    /// restated. Null for none.
    /// </param>
    /// <param name="rounding">
    /// The rounding of the meter's lines, for a meter that has no rates yet; null for that of the meter, <see cref="Rounding.Truncating"/>
    /// when it has none.
    /// </param>
    /// <exception cref="ArgumentNullException">A required argument is null.</exception>
    /// <exception cref="ArgumentException">A name or the scope is invalid.</exception>
    public RateChange(
        string meter, string version, DateOnly firstDay, Currency currency, RateTable table, string scope = "", DateOnly? lastDay = null,
        string? supersedes = null, Rounding? rounding = null)
    {
        ArgumentNullException.ThrowIfNull(currency);
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(scope);
        if (RateNames.ErrorOf(meter) is { } meterError)
            throw new ArgumentException($"The name of the meter {meterError}.", nameof(meter));
        if (RateNames.ErrorOf(version) is { } versionError)
            throw new ArgumentException($"The name of the version {versionError}.", nameof(version));
        if (!RateScope.IsValid(scope))
            throw new ArgumentException($"The scope is '{scope}'; use an empty text, item:ID or payee:ID.", nameof(scope));
        Meter = meter;
        Version = new(scope, version, firstDay, currency, table, supersedes, lastDay);
        Rounding = rounding;
    }

    internal RateChange(string meter, RateVersion version, Rounding? rounding) => (Meter, Version, Rounding) = (meter, version, rounding);

    /// <summary>The meter.</summary>
    public string Meter { get; }

    /// <summary>The version, with its scope.</summary>
    public RateVersion Version { get; }

    /// <summary>The rounding of the meter's lines; null for that of the meter.</summary>
    public Rounding? Rounding { get; }
}
