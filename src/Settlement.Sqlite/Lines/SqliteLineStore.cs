using System.Data.Common;
using System.Runtime.CompilerServices;
using Dapper;
using Microsoft.Data.Sqlite;
using Settlement.Calendars;
using Settlement.Lines;
using Settlement.Sqlite.Connections;
using Settlement.Sums;

namespace Settlement.Sqlite.Lines;

/// <summary>Lines, quarantined usage, and what days had when they were published.</summary>
internal sealed class SqliteLineStore(SqliteDatabase database) : ILineStore
{
    /// <summary>How many rows pass between two looks at a cancellation.</summary>
    private const int RowsPerLook = 1024;

    public Task WriteAsync(
        DbTransaction transaction, long runId, IReadOnlyList<SettlementLine> lines, IReadOnlyList<QuarantinedUsage> quarantined,
        CancellationToken cancellationToken)
    {
        var connection = (SqliteConnection)transaction.Connection!;
        LineRows.Write(connection, runId, lines);
        if (quarantined.Count > 0)
            QuarantinedRows.Write(connection, runId, quarantined);
        return Task.CompletedTask;
    }

    public Task<RunCheck> CheckAsync(DbTransaction transaction, long runId, CancellationToken cancellationToken) =>
        Task.FromResult(RunChecks.Count((SqliteConnection)transaction.Connection!, runId, cancellationToken));

    public async Task RecordTotalsAsync(
        DbTransaction transaction, IReadOnlyList<DayTotal> totals, IReadOnlyList<DayAmount> amounts, CancellationToken cancellationToken)
    {
        await transaction.Connection!.ExecuteAsync(
            "INSERT INTO day_totals (day, meter, line_count, events, quantity) VALUES (@day, @Meter, @Lines, @events, @quantity)",
            totals.Select(t => new { day = DayText.From(t.Day), t.Meter, t.Lines, events = (long)t.Events, quantity = AmountText.From(t.Quantity) }),
            transaction).ConfigureAwait(false);
        await transaction.Connection!.ExecuteAsync(
            "INSERT INTO day_amounts (day, currency, amount) VALUES (@day, @Currency, @amount)",
            amounts.Select(a => new { day = DayText.From(a.Day), a.Currency, amount = AmountText.From(a.Amount) }), transaction).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<DayTotal>> ListTotalsAsync(DateRange days, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        var rows = await connection.QueryAsync<(string Day, string Meter, long Lines, long Events, string Quantity)>(
            """
            SELECT t.day, t.meter, t.line_count, t.events, t.quantity FROM day_totals t JOIN business_days d ON d.day = t.day
            WHERE t.day BETWEEN @first AND @last AND d.state = 'published' ORDER BY t.day, t.meter
            """,
            new { first = DayText.From(days.First), last = DayText.From(days.Last) }).ConfigureAwait(false);
        return [.. rows.Select(r => new DayTotal(DayText.Parse(r.Day), r.Meter, r.Lines, r.Events, AmountText.Parse(r.Quantity)))];
    }

    public async Task<IReadOnlyList<DayAmount>> ListAmountsAsync(DbTransaction? transaction, DateRange days, CancellationToken cancellationToken)
    {
        using var reader = transaction is null ? database.OpenReader() : null;
        var rows = await (reader ?? transaction!.Connection!).QueryAsync<(string Day, string Currency, string Amount)>(
            """
            SELECT a.day, a.currency, a.amount FROM day_amounts a JOIN business_days d ON d.day = a.day
            WHERE a.day BETWEEN @first AND @last AND d.state = 'published' ORDER BY a.day, a.currency
            """,
            new { first = DayText.From(days.First), last = DayText.From(days.Last) }, transaction).ConfigureAwait(false);
        return [.. rows.Select(r => new DayAmount(DayText.Parse(r.Day), r.Currency, AmountText.Parse(r.Amount)))];
    }

    public async IAsyncEnumerable<SettlementLine> ReadAsync(
        DateRange days, ItemFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // One statement: all lines are read as they were at its start.
        using var connection = database.OpenReader();
        using var row = new SqliteStatement(connection, PublishedRows.Select(LineReading.Columns, "settlement_lines", filter, LineReading.Order));
        PublishedRows.Bind(row, days, filter);
        var reading = new LineReading(row);
        for (var count = 0; row.Step(); count++)
        {
            if (count % RowsPerLook == 0)
                cancellationToken.ThrowIfCancellationRequested();
            yield return reading.Read();
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }

    public Task<IReadOnlyList<QuarantinedUsage>> ListQuarantinedAsync(DateOnly day, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        return Task.FromResult<IReadOnlyList<QuarantinedUsage>>(QuarantinedRows.List(connection, day));
    }
}
