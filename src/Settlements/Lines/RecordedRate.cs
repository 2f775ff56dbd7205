using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>A rate version that was recorded when a day was published.</summary>
[Experimental("SETTLE001")]
public sealed class RecordedRate(string meter, string scope, string version, DateOnly firstDay, string definition, DateOnly inForceFrom)
{
    /// <summary>The meter.</summary>
    public string Meter { get; } = meter;

    /// <summary>Empty for the meter, <c>item:ID</c> or <c>payee:ID</c> for an override.</summary>
    public string Scope { get; } = scope;

    /// <summary>The version's name.</summary>
    public string Version { get; } = version;

    /// <summary>Its first usage date.</summary>
    public DateOnly FirstDay { get; } = firstDay;

    /// <summary>The tiers, model, currency, rounding and superseded version, as text.</summary>
    public string Definition { get; } = definition;

    /// <summary>
    /// The first posting date with which it was recorded. A superseding version prices usage dates from there on without a restatement.
    /// </summary>
    public DateOnly InForceFrom { get; } = inForceFrom;

    /// <summary>Whether the version supersedes another one.</summary>
    public bool IsSuperseding { get; init; }

    internal static RecordedRate From(MeterRates rates, RateVersion version, DateOnly inForceFrom) => new(
        rates.Meter, version.Scope, version.Version, version.FirstDay,
        FormattableString.Invariant($"{version.Table}; {version.Currency.Code} {version.Currency.MinorUnitDigits}; {rates.Rounding}")
            + (version.Supersedes is null ? "" : $"; supersedes {version.Supersedes}"),
        inForceFrom)
    {
        IsSuperseding = version.Supersedes is not null,
    };

    /// <summary>Returns whether another version has the same first day and definition.</summary>
    internal bool PricesLike(RecordedRate other) => (FirstDay, Definition) == (other.FirstDay, other.Definition);
}

/// <summary>Stores the rate versions that priced published days. Owner of the table rate_versions.</summary>
[Experimental("SETTLE001")]
public interface IRecordedRateStore
{
    /// <summary>Returns the rate versions that were recorded with published days.</summary>
    /// <param name="transaction">The transaction to read in; null for none.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The versions, ordered by meter, scope and name.</returns>
    Task<IReadOnlyList<RecordedRate>> ListAsync(System.Data.Common.DbTransaction? transaction, CancellationToken cancellationToken);

    /// <summary>Records the versions that are in force on a day. Versions that are recorded already do not change.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="versions">The versions that are in force on the day.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when they are recorded.</returns>
    Task RecordAsync(
        System.Data.Common.DbTransaction transaction, IReadOnlyList<RecordedRate> versions, CancellationToken cancellationToken);
}
