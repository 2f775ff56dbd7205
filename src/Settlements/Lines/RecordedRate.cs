using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>A rate version as it is recorded with the lines that it priced.</summary>
/// <param name="Meter">The meter.</param>
/// <param name="Scope">Empty for the meter's own, <c>item:ID</c> or <c>payee:ID</c>.</param>
/// <param name="Version">The version's name.</param>
/// <param name="FirstDay">Its first usage date.</param>
/// <param name="Definition">Tiers, model, currency, rounding and what it supersedes, as text.</param>
/// <param name="InForceFrom">The first posting date with which it was recorded: a superseding version prices the days from there on at once.</param>
[Experimental("SETTLE001")]
public sealed record RecordedRate(string Meter, string Scope, string Version, DateOnly FirstDay, string Definition, DateOnly InForceFrom)
{
    /// <summary>Whether this is a version that replaces another one.</summary>
    public bool IsSuperseding { get; init; }

    internal static RecordedRate From(MeterRates rates, RateVersion version, DateOnly inForceFrom) => new(
        rates.Meter, version.Scope, version.Version, version.FirstDay,
        FormattableString.Invariant(
            $"{version.Table}; {version.Currency.Code} {version.Currency.MinorUnitDigits}; {rates.Rounding}{(version.Supersedes is null ? "" : $"; supersedes {version.Supersedes}")}"),
        inForceFrom)
    {
        IsSuperseding = version.Supersedes is not null,
    };

    /// <summary>Whether another one prices alike, whenever it was recorded.</summary>
    internal bool PricesLike(RecordedRate other) => (FirstDay, Definition) == (other.FirstDay, other.Definition);
}

/// <summary>The port of the rate versions that priced. Owner of the table rate_versions.</summary>
[Experimental("SETTLE001")]
public interface IRecordedRateStore
{
    /// <summary>The rate versions that priced published days, or were in force on them.</summary>
    /// <param name="transaction">A transaction to read in; null for none.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The versions, by meter, scope and name.</returns>
    Task<IReadOnlyList<RecordedRate>> ListAsync(System.Data.Common.DbTransaction? transaction, CancellationToken cancellationToken);

    /// <summary>Records the versions that price a day; those that are recorded already stay as they are.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="versions">The versions that are in force on the day.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>When they are recorded.</returns>
    Task RecordAsync(System.Data.Common.DbTransaction transaction, IReadOnlyList<RecordedRate> versions, CancellationToken cancellationToken);
}
