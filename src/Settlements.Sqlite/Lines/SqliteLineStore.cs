using System.Data.Common;
using System.Runtime.CompilerServices;
using Dapper;
using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Stores lines, quarantined usage, and the totals of published days.</summary>
internal sealed class SqliteLineStore(SqliteDatabase database) : ILineStore
{
    /// <summary>Rows read between two checks for cancellation.</summary>
    private const int CancellationCheckInterval = 1024;

    public Task WriteAsync(
        DbTransaction transaction, long runId, IReadOnlyList<SettlementLine> lines, IReadOnlyList<QuarantinedUsage> quarantined,
        CancellationToken cancellationToken)
    {
        var connection = (SqliteConnection)transaction.Connection!;
        LineRows.Write(connection, runId, lines);
        PayeeSumRows.Write(connection, runId, lines);
        if (quarantined.Count > 0)
            QuarantinedRows.Write(connection, runId, quarantined);
        return Task.CompletedTask;
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
        Task.FromResult(RunChecks.Count((SqliteConnection)transaction.Connection!, runId, cancellationToken));

    public Task RecordTotalsAsync(
        DbTransaction transaction, IReadOnlyList<DayTotal> totals, IReadOnlyList<DayAmount> amounts, CancellationToken cancellationToken)
    {
        DayTotalRows.Write((SqliteConnection)transaction.Connection!, totals, amounts);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<DayTotal>> ListTotalsAsync(DateRange days, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        return Task.FromResult<IReadOnlyList<DayTotal>>(DayTotalRows.List(connection, days));
    }

    public Task<IReadOnlyList<DayAmount>> ListAmountsAsync(DbTransaction? transaction, DateRange days, CancellationToken cancellationToken)
    {
        using var reader = transaction is null ? database.OpenReader() : null;
        return Task.FromResult<IReadOnlyList<DayAmount>>(
            DayTotalRows.ListAmounts(reader ?? (SqliteConnection)transaction!.Connection!, days));
    }

    public IAsyncEnumerable<SettlementLine> ReadAsync(DateRange days, ItemFilter filter, CancellationToken cancellationToken) =>
        ReadAsync(PublishedLines.Days, days, filter, cancellationToken);

    public async IAsyncEnumerable<PayeeSegment> ReadPayeeSumsAsync(
        DateRange days, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        foreach (var segment in PayeeSumRows.Read(connection, days))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return segment;
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }

    public IAsyncEnumerable<SettlementLine> ReadEstimatedAsync(
        DateRange days, ItemFilter filter, bool includePublished, CancellationToken cancellationToken) =>
        ReadAsync(
            includePublished ? PublishedLines.PublishedAndEstimatedDays : PublishedLines.EstimatedDays, days, filter, cancellationToken);

    public Task<IReadOnlyList<QuarantinedUsage>> ListEstimatedQuarantinedAsync(long runId, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        return Task.FromResult<IReadOnlyList<QuarantinedUsage>>(QuarantinedRows.List(connection, runId));
    }

    public Task<bool> DeleteEstimatesAsync(long first, long last, int rowsMax, CancellationToken cancellationToken) =>
        database.WriteAtLowPriorityAsync(
            async (connection, transaction) =>
            {
                var max = Math.Min(rowsMax, database.RowsPerTransactionMax);
                var lines = await connection.ExecuteAsync(
                    """
                    DELETE FROM settlement_lines WHERE (run_id, meter, item_id, payee_id, usage_date, kind, restates) IN (
                        SELECT run_id, meter, item_id, payee_id, usage_date, kind, restates
                        FROM settlement_lines WHERE run_id BETWEEN @first AND @last LIMIT @max)
                    """,
                    new { first, last, max }, transaction).ConfigureAwait(false);
                var quarantined = await connection.ExecuteAsync(
                    """
                    DELETE FROM quarantined_usage WHERE (run_id, meter, item_id, payee_id, usage_date) IN (
                        SELECT run_id, meter, item_id, payee_id, usage_date
                        FROM quarantined_usage WHERE run_id BETWEEN @first AND @last LIMIT @max)
                    """,
                    new { first, last, max }, transaction).ConfigureAwait(false);
                return lines == max || quarantined == max;
            },
            cancellationToken);

    public Task<IReadOnlyList<string>> PlanItemRangesAsync(DateRange days, int linesMax, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        return Task.FromResult(LineRanges.Plan(connection, days, linesMax, cancellationToken));
    }

    public IAsyncEnumerable<SettlementLine> ReadRangeAsync(DateRange days, string bounds, CancellationToken cancellationToken)
    {
        var range = ItemRange.Parse(bounds);
        return ReadAsync(LineRanges.Select(range), row => LineRanges.Bind(row, days, range), cancellationToken);
    }

    private IAsyncEnumerable<SettlementLine> ReadAsync(
        string readDays, DateRange days, ItemFilter filter, CancellationToken cancellationToken) => ReadAsync(
        PublishedLines.Select(filter, readDays), row => PublishedLines.Bind(row, days, filter), cancellationToken);

    private async IAsyncEnumerable<SettlementLine> ReadAsync(
        string select, Action<SqliteStatement> bind, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // One statement reads a consistent snapshot.
        using var connection = database.OpenReader();
        using var row = new SqliteStatement(connection, select);
        bind(row);
        var reader = new LineReader(row);
        for (var count = 0; row.Step(); count++)
        {
            if (count % CancellationCheckInterval == 0)
                cancellationToken.ThrowIfCancellationRequested();
            yield return reader.Read();
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }

    public Task<IReadOnlyList<QuarantinedUsage>> ListQuarantinedAsync(DateOnly day, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        return Task.FromResult<IReadOnlyList<QuarantinedUsage>>(QuarantinedRows.List(connection, day));
    }
}
