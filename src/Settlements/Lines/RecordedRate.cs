using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>A rate version that a close recorded: when it started, and again when it published its day.</summary>
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
    /// The posting date of the close that recorded it; after the publication, the first posting date that was published with it. A
    /// superseding version prices usage dates from there on without a restatement.
    /// </summary>
    public DateOnly InForceFrom { get; } = inForceFrom;

    /// <summary>Whether the version supersedes another one.</summary>
    public bool IsSuperseding { get; init; }

    /// <summary>
    /// Whether a day was published with it, so that it is immutable; false when a close has recorded it and has not published its day.
    /// </summary>
    public bool IsPriced { get; init; } = true;

    internal static RecordedRate From(MeterRates rates, RateVersion version, DateOnly inForceFrom) => new(
        rates.Meter, version.Scope, version.Version, version.FirstDay,
        FormattableString.Invariant($"{version.Table}; {version.Currency.Code} {version.Currency.MinorUnitDigits}; {rates.Rounding}")
            + (version.Supersedes is null ? "" : $"; supersedes {version.Supersedes}")
            + (version.LastDay is { } last ? FormattableString.Invariant($"; until {last:O}") : ""),
        inForceFrom)
    {
        IsSuperseding = version.Supersedes is not null,
    };

    internal RecordedRate InForceFromDay(DateOnly postingDate) => new(Meter, Scope, Version, FirstDay, Definition, postingDate)
    {
        IsSuperseding = IsSuperseding,
    };

    /// <summary>Returns whether another version has the same first day and definition.</summary>
    internal bool PricesLike(RecordedRate other) => (FirstDay, Definition) == (other.FirstDay, other.Definition);
}

/// <summary>Stores the rate versions that priced published days, and those of closes under way. Owner of the table rate_versions.</summary>
[Experimental("SETTLE001")]
public interface IRecordedRateStore
{
    /// <summary>Returns the recorded rate versions.</summary>
    /// <param name="transaction">The transaction to read in; null for none.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The versions, ordered by meter, scope and name.</returns>
    Task<IReadOnlyList<RecordedRate>> ListAsync(System.Data.Common.DbTransaction? transaction, CancellationToken cancellationToken);

    /// <summary>
    /// Records the versions of a close that starts, as not priced. Versions that are recorded already do not change, whatever their
    /// definition.
    /// </summary>
    /// <param name="versions">The versions that are in force on the day.</param>
    /// <param name="cancellationToken">Cancels the call; then nothing is recorded.</param>
    /// <returns>A task that completes when they are recorded.</returns>
    Task BeginAsync(IReadOnlyList<RecordedRate> versions, CancellationToken cancellationToken);

    /// <summary>Deletes a recorded version that is not priced.</summary>
    /// <param name="meter">The meter.</param>
    /// <param name="scope">The scope.</param>
    /// <param name="version">The version's name.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether there was such a version and it was not priced.</returns>
    Task<bool> DiscardAsync(string meter, string scope, string version, CancellationToken cancellationToken);

    /// <summary>
    /// Records the versions that are in force on a day as priced. Versions that are recorded as priced already do not change.
    /// </summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="versions">The versions that are in force on the day.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when they are recorded.</returns>
    Task RecordAsync(
        System.Data.Common.DbTransaction transaction, IReadOnlyList<RecordedRate> versions, CancellationToken cancellationToken);
}
