using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>
/// Stores lines and quarantined usage. Owner of the tables settlement_lines, payee_sums, quarantined_usage, day_totals and
/// day_amounts.
/// </summary>
[Experimental("SETTLE001")]
public interface ILineStore : IRunRows
{
    /// <summary>
    /// Writes lines, their sums by payee and quarantined usage, which become visible to readers when the run is published. Lines of an
    /// estimate have no sums.
    /// </summary>
    /// <param name="transaction">The chunk's transaction.</param>
    /// <param name="runId">The run; below 0 for an estimate.</param>
    /// <param name="lines">The lines, ordered by meter and item; all lines of an item.</param>
    /// <param name="quarantined">The usage that can't be priced.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when they are written.</returns>
    Task WriteAsync(
        DbTransaction transaction, long runId, IReadOnlyList<SettlementLine> lines, IReadOnlyList<QuarantinedUsage> quarantined,
        CancellationToken cancellationToken);

    /// <summary>Totals the lines and the quarantined usage of a run.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The totals.</returns>
    Task<RunCheck> CheckAsync(DbTransaction transaction, long runId, CancellationToken cancellationToken);

    /// <summary>Records the totals of a day, in the transaction that publishes it.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="totals">The totals, one for each meter.</param>
    /// <param name="amounts">The amounts, one for each currency.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when they are recorded.</returns>
    Task RecordTotalsAsync(
        DbTransaction transaction, IReadOnlyList<DayTotal> totals, IReadOnlyList<DayAmount> amounts, CancellationToken cancellationToken);

    /// <summary>Returns the recorded totals of published days.</summary>
    /// <param name="days">The posting dates, both ends included.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The totals, ordered by day and meter.</returns>
    Task<IReadOnlyList<DayTotal>> ListTotalsAsync(DateRange days, CancellationToken cancellationToken);

    /// <summary>Returns the recorded amounts of published days.</summary>
    /// <param name="transaction">The transaction to read in; null for none.</param>
    /// <param name="days">The posting dates, both ends included.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The amounts, ordered by day and currency.</returns>
    Task<IReadOnlyList<DayAmount>> ListAmountsAsync(DbTransaction? transaction, DateRange days, CancellationToken cancellationToken);

    /// <summary>Returns the published lines of posting dates.</summary>
    /// <param name="days">The posting dates, both ends included; days that are not published have no lines.</param>
    /// <param name="filter">The meter, item and payee of the lines.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// The lines, ordered by posting date, then meter, item, payee, usage date, kind and restated line, by bytes; all from one consistent
    /// snapshot.
    /// </returns>
    IAsyncEnumerable<SettlementLine> ReadAsync(DateRange days, ItemFilter filter, CancellationToken cancellationToken);

    /// <summary>Returns the sums by payee of the priced lines of posting dates.</summary>
    /// <param name="days">The posting dates, both ends included; days that are not published have none.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The sums in segments, in no particular order, all from one consistent snapshot. A payee may be in several.</returns>
    IAsyncEnumerable<PayeeSegment> ReadPayeeSumsAsync(DateRange days, CancellationToken cancellationToken);

    /// <summary>Divides the items that have lines on posting dates into ranges, in the byte order of meter and item.</summary>
    /// <param name="days">The posting dates, both ends included; days that are not published have no lines.</param>
    /// <param name="linesMax">The approximate number of lines of a range, of all the days. An item is never divided.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The bounds of the ranges, for <see cref="ReadRangeAsync"/>; empty when there are no lines.</returns>
    Task<IReadOnlyList<string>> PlanItemRangesAsync(DateRange days, int linesMax, CancellationToken cancellationToken);

    /// <summary>Returns the published lines of a range of items.</summary>
    /// <param name="days">The posting dates, both ends included; days that are not published have no lines.</param>
    /// <param name="bounds">The range, as planned.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The lines, in the order of <see cref="ReadAsync"/>.</returns>
    IAsyncEnumerable<SettlementLine> ReadRangeAsync(DateRange days, string bounds, CancellationToken cancellationToken);

    /// <summary>Returns the quarantined usage of a published day.</summary>
    /// <param name="day">The posting date.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The usage, ordered by meter, item, payee and usage date, by bytes; empty when the day is not published.</returns>
    Task<IReadOnlyList<QuarantinedUsage>> ListQuarantinedAsync(DateOnly day, CancellationToken cancellationToken);

    /// <summary>Returns the lines of the current estimate, by the statement that reads published lines.</summary>
    /// <param name="days">The posting dates, both ends included. Of a published day, the estimate's lines are not returned.</param>
    /// <param name="filter">The meter, item and payee of the lines.</param>
    /// <param name="includePublished">Whether the lines of published days are returned as well.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>As for <see cref="ReadAsync"/>.</returns>
    IAsyncEnumerable<SettlementLine> ReadEstimatedAsync(
        DateRange days, ItemFilter filter, bool includePublished, CancellationToken cancellationToken);

    /// <summary>Returns the usage that an estimate quarantined on a day.</summary>
    /// <param name="runId">The run id of the rows of the day.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The usage, ordered by meter, item, payee and usage date, by bytes.</returns>
    Task<IReadOnlyList<QuarantinedUsage>> ListEstimatedQuarantinedAsync(long runId, CancellationToken cancellationToken);

    /// <summary>Deletes lines and quarantined usage of estimates, in a transaction of its own.</summary>
    /// <param name="first">The first run id, included, below 0. See <see cref="EstimateRuns"/>.</param>
    /// <param name="last">The last run id, included, below 0; before <paramref name="first"/> when there is nothing to delete.</param>
    /// <param name="rowsMax">The approximate number of rows to delete at most.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether there may be more rows to delete.</returns>
    Task<bool> DeleteEstimatesAsync(long first, long last, int rowsMax, CancellationToken cancellationToken);
}

/// <summary>The totals of a run.</summary>
[Experimental("SETTLE001")]
public sealed class RunCheck(
    IReadOnlyList<LineCheck> lines, IReadOnlyList<ControlTotal> quarantined, long linesByPayee, IReadOnlyList<VersionAmount> amounts,
    IReadOnlyList<PayeeCheck> payees)
{
    /// <summary>The totals of the lines, by meter, kind and usage date.</summary>
    public IReadOnlyList<LineCheck> Lines { get; } = lines;

    /// <summary>The totals of the quarantined usage, by meter.</summary>
    public IReadOnlyList<ControlTotal> Quarantined { get; } = quarantined;

    /// <summary>The number of lines in the index by payee, which statements use.</summary>
    public long LinesByPayee { get; } = linesByPayee;

    /// <summary>The amounts of the priced lines, by version and currency.</summary>
    public IReadOnlyList<VersionAmount> Amounts { get; } = amounts;

    /// <summary>The totals of the sums by payee, by meter and currency.</summary>
    public IReadOnlyList<PayeeCheck> Payees { get; } = payees;
}

/// <summary>The totals of the lines of a run with one meter, kind and usage date.</summary>
[Experimental("SETTLE001")]
public sealed class LineCheck(
    string meter, LineKind kind, DateOnly usageDate, long lines, decimal events, decimal quantity, decimal counted, long priced)
{
    /// <summary>The meter.</summary>
    public string Meter { get; } = meter;

    /// <summary>The kind.</summary>
    public LineKind Kind { get; } = kind;

    /// <summary>The usage date.</summary>
    public DateOnly UsageDate { get; } = usageDate;

    /// <summary>The number of lines.</summary>
    public long Lines { get; } = lines;

    /// <summary>The sum of their events.</summary>
    public decimal Events { get; } = events;

    /// <summary>The sum of their units.</summary>
    public decimal Quantity { get; } = quantity;

    /// <summary>The sum of their counters after minus their counters before; 0 for lines without a price.</summary>
    public decimal Counted { get; } = counted;

    /// <summary>The number of lines with a price.</summary>
    public long Priced { get; } = priced;
}

/// <summary>The amounts of the lines of a run that one rate version priced.</summary>
[Experimental("SETTLE001")]
public sealed class VersionAmount(
    string meter, string rateScope, string rateVersion, string currency, long lines, decimal exactAmount, decimal amount)
{
    /// <summary>The meter.</summary>
    public string Meter { get; } = meter;

    /// <summary>The version's scope.</summary>
    public string RateScope { get; } = rateScope;

    /// <summary>The version.</summary>
    public string RateVersion { get; } = rateVersion;

    /// <summary>The code of the currency.</summary>
    public string Currency { get; } = currency;

    /// <summary>The number of lines.</summary>
    public long Lines { get; } = lines;

    /// <summary>The sum of their exact amounts.</summary>
    public decimal ExactAmount { get; } = exactAmount;

    /// <summary>The sum of their rounded amounts.</summary>
    public decimal Amount { get; } = amount;
}
