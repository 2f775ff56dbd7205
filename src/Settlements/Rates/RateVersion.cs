namespace Settlements;

/// <summary>
/// A rate table with a name, a currency and a first day. It prices every business day from its first day on, up to the first day of the
/// next version, or up to its own last day. Created with <see cref="MeterRatesBuilder"/>. Immutable and thread-safe.
/// </summary>
public sealed class RateVersion
{
    /// <summary>Creates a version with a valid name.</summary>
    internal RateVersion(
        string scope, string version, DateOnly firstDay, Currency currency, RateTable table, string? supersedes = null,
        DateOnly? lastDay = null) =>
        (Scope, Version, FirstDay, Currency, Table, Supersedes, LastDay) =
            (scope, version, firstDay, currency, table, supersedes, lastDay);

    /// <summary>The scope: <c>""</c> for the meter, <c>"item:ID"</c> or <c>"payee:ID"</c> for an override.</summary>
    public string Scope { get; }

    /// <summary>The name of the version: 1 to 64 characters.</summary>
    public string Version { get; }

    /// <summary>The first usage date that the version prices, included.</summary>
    public DateOnly FirstDay { get; }

    /// <summary>
    /// The last usage date that the version prices, included; null for no end. On later dates the version of the next scope applies: an
    /// item's override is followed by its payee's, and a payee's by the meter's version. A superseding version that ends is followed by the
    /// version that it supersedes.
    /// </summary>
    public DateOnly? LastDay { get; }

    /// <summary>The currency of the prices.</summary>
    public Currency Currency { get; }

    /// <summary>The rate table.</summary>
    public RateTable Table { get; }

    /// <summary>
    /// The version of the same scope that this one replaces on the dates of both; null for none. Published days are priced with this
    /// version when they are restated.
    /// </summary>
    public string? Supersedes { get; }

    /// <summary>Returns the complete version on one line, independent of the current culture.</summary>
    /// <returns>For example <c>2024-06 from 2024-06-01 in KRW, flat over lifetime: 1- at 0.5</c>.</returns>
    public override string ToString() => FormattableString.Invariant(
        $"{Version} from {FirstDay:O}{(LastDay is { } last ? FormattableString.Invariant($" until {last:O}") : "")} in {Currency}, ")
            + $"{Table}{(Supersedes is null ? "" : $", supersedes {Supersedes}")}";

    internal RateVersion Superseding(string version) => new(Scope, Version, FirstDay, Currency, Table, version, LastDay);

    internal RateVersion EndingOn(DateOnly lastDay) => new(Scope, Version, FirstDay, Currency, Table, Supersedes, lastDay);
}
