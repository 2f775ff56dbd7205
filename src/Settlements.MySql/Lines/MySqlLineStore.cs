using System.Data;
using System.Data.Common;
using System.Runtime.CompilerServices;
using Dapper;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>The store of lines, quarantined usage and the totals of published days.</summary>
internal sealed class MySqlLineStore(MySqlDatabase database) : ILineStore
{
    private readonly BulkInsert _bulk = new(database.Server, database.Location, database.Options.CommandTimeout);

    public async Task WriteAsync(
        DbTransaction transaction, long runId, IReadOnlyList<SettlementLine> lines, IReadOnlyList<QuarantinedUsage> quarantined,
        CancellationToken cancellationToken)
    {
        await LineRows.WriteAsync(_bulk, (MySqlTransaction)transaction, runId, lines, cancellationToken).ConfigureAwait(false);
        await PayeeSumRows.WriteAsync(_bulk, (MySqlTransaction)transaction, runId, lines, cancellationToken).ConfigureAwait(false);
        await QuarantineRows.WriteAsync(_bulk, (MySqlTransaction)transaction, runId, quarantined, cancellationToken).ConfigureAwait(false);
    }

    public async Task DeleteObsoleteRowsAsync(
        DbTransaction transaction, IReadOnlyList<long> abandonedRuns, CancellationToken cancellationToken)
    {
        foreach (var runId in abandonedRuns)
        {
            await transaction.Connection!.ExecuteAsync(new CommandDefinition(
                """
                DELETE FROM settlement_lines WHERE run_id = @runId;
                DELETE FROM payee_sums WHERE run_id = @runId;
                DELETE FROM quarantined_usage WHERE run_id = @runId
                """,
                new { runId }, transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);
        }
    }

    public Task<RunCheck> CheckAsync(DbTransaction transaction, long runId, CancellationToken cancellationToken) =>
        LineChecks.CheckAsync((MySqlConnection)transaction.Connection!, (MySqlTransaction)transaction, runId, cancellationToken);

    public Task RecordTotalsAsync(
        DbTransaction transaction, IReadOnlyList<DayTotal> totals, IReadOnlyList<DayAmount> amounts, CancellationToken cancellationToken) =>
        DayTotalRows.RecordAsync((MySqlTransaction)transaction, totals, amounts, cancellationToken);

    public Task<IReadOnlyList<DayTotal>> ListTotalsAsync(DateRange days, CancellationToken cancellationToken) => database.ReadAsync(
        connection => DayTotalRows.ListTotalsAsync(connection, days, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<DayAmount>> ListAmountsAsync(
        DbTransaction? transaction, DateRange days, CancellationToken cancellationToken) =>
        database.ReadAsync(
            transaction, (connection, active) => DayTotalRows.ListAmountsAsync(connection, active, days, cancellationToken),
            cancellationToken);

    public IAsyncEnumerable<SettlementLine> ReadAsync(DateRange days, ItemFilter filter, CancellationToken cancellationToken) =>
        (filter.ItemId is null && filter.PayeeId is null
            ? ReadDaysAsync(PublishedRows.Days, days, Condition(filter.Meter), filter.Meter is null, cancellationToken)
            : ReadFewAsync(PublishedRows.Days, days, filter, cancellationToken)).TranslateErrors(database.Location, cancellationToken);

    public IAsyncEnumerable<PayeeSegment> ReadPayeeSumsAsync(DateRange days, CancellationToken cancellationToken) =>
        PayeeSumRows.ReadAsync(database, days, cancellationToken).TranslateErrors(database.Location, cancellationToken);

    public IAsyncEnumerable<SettlementLine> ReadEstimatedAsync(
        DateRange days, ItemFilter filter, bool includePublished, CancellationToken cancellationToken)
    {
        var readDays = includePublished ? PublishedRows.PublishedAndEstimatedDays : PublishedRows.EstimatedDays;
        return (filter.ItemId is null && filter.PayeeId is null
            ? ReadDaysAsync(readDays, days, Condition(filter.Meter), filter.Meter is null, cancellationToken)
            : ReadFewAsync(readDays, days, filter, cancellationToken)).TranslateErrors(database.Location, cancellationToken);
    }

    public Task<IReadOnlyList<QuarantinedUsage>> ListEstimatedQuarantinedAsync(long runId, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => QuarantineRows.ListAsync(connection, runId, cancellationToken), cancellationToken);

    public Task<bool> DeleteEstimatesAsync(long first, long last, int rowsMax, CancellationToken cancellationToken) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var lines = await connection.ExecuteAsync(new CommandDefinition(
                """
                DELETE FROM settlement_lines WHERE run_id BETWEEN @first AND @last
                ORDER BY run_id, meter, item_id, payee_id, usage_date, kind, restates LIMIT @rowsMax
                """,
                new { first, last, rowsMax }, transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);
            var quarantined = await connection.ExecuteAsync(new CommandDefinition(
                """
                DELETE FROM quarantined_usage WHERE run_id BETWEEN @first AND @last
                ORDER BY run_id, meter, item_id, payee_id, usage_date LIMIT @rowsMax
                """,
                new { first, last, rowsMax }, transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);
            return lines == rowsMax || quarantined == rowsMax;
        },
        cancellationToken);

    public Task<IReadOnlyList<string>> PlanItemRangesAsync(DateRange days, int linesMax, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => LineRanges.PlanAsync(connection, days, linesMax, cancellationToken), cancellationToken);

    public IAsyncEnumerable<SettlementLine> ReadRangeAsync(DateRange days, string bounds, CancellationToken cancellationToken) =>
        ReadDaysAsync(PublishedRows.Days, days, LineRanges.Condition(ItemRange.Parse(bounds)), isOrderedByMeter: true, cancellationToken)
            .TranslateErrors(database.Location, cancellationToken);

    public Task<IReadOnlyList<QuarantinedUsage>> ListQuarantinedAsync(DateOnly day, CancellationToken cancellationToken) =>
        database.ReadAsync(
        connection => QuarantineRows.ListAsync(connection, day, cancellationToken), cancellationToken);

    private static string Condition(string? meter) => meter is null ? "" : $" AND t.meter = {Sql.Literal(meter)}";

    /// <summary>
    /// Reads run by run, each in the order of the key, so that nothing is sorted, provided that ORDER BY names no constant column. One
    /// query determines the runs, and published rows are immutable, so the result is as of that query. Rows of estimates are deleted once
    /// a new one is complete, so these are read from one snapshot.
    /// </summary>
    private async IAsyncEnumerable<SettlementLine> ReadDaysAsync(
        string readDays, DateRange days, string condition, bool isOrderedByMeter,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var connection = await database.OpenReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var snapshot = readDays == PublishedRows.Days ? null
            : await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken).ConfigureAwait(false);
        using var ___ = snapshot;
        var runs = await connection.QueryAsync<(DateTime Day, long RunId)>(new CommandDefinition(
            $"SELECT d.day, d.run_id FROM {readDays} d WHERE d.day BETWEEN @first AND @last AND d.state = 'published' ORDER BY d.day",
            new { first = Sql.Day(days.First), last = Sql.Day(days.Last) }, snapshot, cancellationToken: cancellationToken))
            .ConfigureAwait(false);
        var select = new LineSelect();
        foreach (var (day, runId) in runs)
        {
            var postingDate = Sql.Day(day);
            var reader = await connection.ExecuteReaderAsync(new CommandDefinition(
                $"""
                SELECT {LineSelect.Columns} FROM settlement_lines t FORCE INDEX (PRIMARY)
                WHERE t.run_id = @runId{condition}
                    ORDER BY {(isOrderedByMeter ? "t.meter, " : "")}{LineSelect.OrderInMeter}
                """,
                new { runId }, snapshot, cancellationToken: cancellationToken)).ConfigureAwait(false);
            await using var __ = reader.ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                yield return select.Read(reader, postingDate);
        }
    }

    /// <summary>Reads the lines of an item or a payee, which are few enough for the server to sort.</summary>
    private async IAsyncEnumerable<SettlementLine> ReadFewAsync(
        string readDays, DateRange days, ItemFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var connection = await database.OpenReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var reader = await connection.ExecuteReaderAsync(new CommandDefinition(
            PublishedRows.Select(LineSelect.Columns, "settlement_lines", filter, ", t.usage_date, t.kind, t.restates", readDays),
            PublishedRows.Parameters(days, filter), cancellationToken: cancellationToken)).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        var select = new LineSelect();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            yield return select.Read(reader, reader.Day(0), first: 1);
    }
}
