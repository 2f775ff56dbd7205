using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>The port of the third stage. Owner of the tables settlement_lines, quarantined_usage, day_totals and day_amounts.</summary>
[Experimental("SETTLE001")]
public interface ILineStore : IRunRows
{
    /// <summary>Writes lines and quarantined usage; readers see them when the run is published.</summary>
    /// <param name="transaction">The chunk's transaction.</param>
    /// <param name="runId">The run.</param>
    /// <param name="lines">The lines, by meter and item.</param>
    /// <param name="quarantined">Usage that can't be priced.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>When they are written.</returns>
    Task WriteAsync(
        DbTransaction transaction, long runId, IReadOnlyList<SettlementLine> lines, IReadOnlyList<QuarantinedUsage> quarantined,
        CancellationToken cancellationToken);

    /// <summary>Counts the lines and the quarantined usage of a run.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What the run has.</returns>
    Task<RunCheck> CheckAsync(DbTransaction transaction, long runId, CancellationToken cancellationToken);

    /// <summary>Records what a day has, in the transaction that publishes it.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="totals">One for each meter.</param>
    /// <param name="amounts">One for each currency.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>When it is recorded.</returns>
    Task RecordTotalsAsync(
        DbTransaction transaction, IReadOnlyList<DayTotal> totals, IReadOnlyList<DayAmount> amounts, CancellationToken cancellationToken);

    /// <summary>What published days have, as it was recorded.</summary>
    /// <param name="days">Both ends included.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>By day and meter.</returns>
    Task<IReadOnlyList<DayTotal>> ListTotalsAsync(DateRange days, CancellationToken cancellationToken);

    /// <summary>What published days paid, as it was recorded.</summary>
    /// <param name="transaction">A transaction to read in; null for none.</param>
    /// <param name="days">Both ends included.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>By day and currency.</returns>
    Task<IReadOnlyList<DayAmount>> ListAmountsAsync(DbTransaction? transaction, DateRange days, CancellationToken cancellationToken);

    /// <summary>The published lines of some posting dates.</summary>
    /// <param name="days">Both ends included; days that are not published have none.</param>
    /// <param name="filter">Which of them.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// The lines, ordered by posting date, then by the bytes of meter, item, payee, usage date, kind and restated line; all of them as they were at
    /// one instant.
    /// </returns>
    IAsyncEnumerable<SettlementLine> ReadAsync(DateRange days, ItemFilter filter, CancellationToken cancellationToken);

    /// <summary>The usage that a published day has in quarantine.</summary>
    /// <param name="day">The posting date.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>By the bytes of meter, item, payee and usage date; none where the day is not published.</returns>
    Task<IReadOnlyList<QuarantinedUsage>> ListQuarantinedAsync(DateOnly day, CancellationToken cancellationToken);
}

/// <summary>What a run has, counted.</summary>
/// <param name="Lines">Its lines.</param>
/// <param name="Quarantined">Its quarantined usage.</param>
/// <param name="LinesByPayee">How many lines are found by their payees, as statements find them.</param>
/// <param name="Amounts">The amounts of its priced lines, by version and currency.</param>
[Experimental("SETTLE001")]
public sealed record RunCheck(
    IReadOnlyList<LineCheck> Lines, IReadOnlyList<ControlTotal> Quarantined, long LinesByPayee, IReadOnlyList<VersionAmount> Amounts);

/// <summary>The lines of a run of one meter, kind and usage date.</summary>
/// <param name="Meter">The meter.</param>
/// <param name="Kind">The kind.</param>
/// <param name="UsageDate">The usage date.</param>
/// <param name="Lines">How many there are.</param>
/// <param name="Events">Their events.</param>
/// <param name="Quantity">Their units.</param>
/// <param name="Counted">The sum of their counters after, less those before; 0 for lines without a price.</param>
/// <param name="Priced">How many of them have a price.</param>
[Experimental("SETTLE001")]
public sealed record LineCheck(
    string Meter, LineKind Kind, DateOnly UsageDate, long Lines, decimal Events, decimal Quantity, decimal Counted, long Priced);

/// <summary>What the lines of a run that one version priced came to.</summary>
/// <param name="Meter">The meter.</param>
/// <param name="RateScope">The version's scope.</param>
/// <param name="RateVersion">The version.</param>
/// <param name="Currency">The currency's code.</param>
/// <param name="Lines">How many lines there are.</param>
/// <param name="ExactAmount">Their exact amounts.</param>
/// <param name="Amount">Their amounts.</param>
[Experimental("SETTLE001")]
public sealed record VersionAmount(
    string Meter, string RateScope, string RateVersion, string Currency, long Lines, decimal ExactAmount, decimal Amount);
