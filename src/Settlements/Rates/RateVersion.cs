namespace Settlements;

/// <summary>
/// A rate table with the name and the first business day that it has: it prices every day from that one on, until the next version's.
/// Made by <see cref="MeterRatesBuilder"/>. Immutable and thread-safe.
/// </summary>
public sealed class RateVersion
{
    /// <summary>A version whose name was found good.</summary>
    internal RateVersion(string scope, string version, DateOnly firstDay, Currency currency, RateTable table, string? supersedes = null) =>
        (Scope, Version, FirstDay, Currency, Table, Supersedes) = (scope, version, firstDay, currency, table, supersedes);

    /// <summary>Whose table it is: <c>""</c> for the meter's, <c>"item:ID"</c> or <c>"payee:ID"</c> for an override.</summary>
    public string Scope { get; }

    /// <summary>The version's name: 1 to 64 characters.</summary>
    public string Version { get; }

    /// <summary>The first business day that the version prices, included.</summary>
    public DateOnly FirstDay { get; }

    /// <summary>What the prices are in.</summary>
    public Currency Currency { get; }

    /// <summary>What a count of units costs.</summary>
    public RateTable Table { get; }

    /// <summary>
    /// The version of the same scope that this one replaces on the dates of both; null for a version that replaces none. It prices days that are
    /// published already once they are restated.
    /// </summary>
    public string? Supersedes { get; }

    /// <summary>The whole version on one line, whatever the current culture.</summary>
    /// <returns>For example <c>2024-06 from 2024-06-01 in KRW, flat over life: 1- at 0.5</c>.</returns>
    public override string ToString() => FormattableString.Invariant(
        $"{Version} from {FirstDay:O} in {Currency}, {Table}{(Supersedes is null ? "" : $", supersedes {Supersedes}")}");

    internal RateVersion Superseding(string version) => new(Scope, Version, FirstDay, Currency, Table, version);
}
