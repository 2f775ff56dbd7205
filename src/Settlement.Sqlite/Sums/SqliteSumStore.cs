using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Settlement.BillableEvents;
using Settlement.BusinessDays;
using Settlement.Calendars;
using Settlement.Pipelines;
using Settlement.Sqlite.Database;
using Settlement.Sums;

namespace Settlement.Sqlite.Sums;

/// <summary>Sums the usage of a day, chunk by chunk, and keeps the partial sums.</summary>
internal sealed class SqliteSumStore(SqliteDatabase database) : ISumStore
{
    public Task<DateTimeOffset?> FindFirstEventAsync(EventSource? source, DateTimeOffset? from, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        if (source is not null)
            return Task.FromResult(SourceInstants.FindFirst(connection, source, from));
        var first = connection.QuerySingle<long?>(
            "SELECT min(occurred_at) FROM billable_events WHERE occurred_at >= @from",
            new { from = from is { } instant ? UnixMicroseconds.From(instant) : long.MinValue });
        return Task.FromResult(first is { } at ? UnixMicroseconds.ToInstant(at) : (DateTimeOffset?)null);
    }

    public Task CheckInstantsAsync(EventSource source, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        SourceInstants.Check(connection, source, cancellationToken);
        return Task.CompletedTask;
    }

    public Task<string> IdentifyTableAsync(EventSource source, CancellationToken cancellationToken)
    {
        // As SQLite looks a name up: temporary tables first, then the file's; letters of ASCII in either case are the same.
        using var connection = database.OpenReader();
        using var table = new SqliteStatement(connection, """
            SELECT schema, name FROM pragma_table_list WHERE name = ? COLLATE NOCASE
            ORDER BY CASE schema WHEN 'temp' THEN 0 WHEN 'main' THEN 1 ELSE 2 END LIMIT 1
            """);
        table.Bind(1, source.Table);
        return table.Step()
            ? Task.FromResult($"{table.Text(0)}.{table.Text(1)}")
            : throw new EventSourceException(
                $"Source '{source.Name}' can't be read from table {source.Table}: no such table in '{database.FileName}'. Check the name that the source "
                + "gives for its table, or create the table.");
    }

    public Task<IReadOnlyList<PlannedChunk>> PlanAsync(
        EventSource? source, DateOnly day, UtcRange range, int chunkRowsMax, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        var chunks = new List<PlannedChunk>();
        foreach (var rows in Tables(source, day, range))
        {
            rows.RefuseNullKeys(connection);
            chunks.AddRange(KeyPlanner.Cut(connection, rows, chunkRowsMax, cancellationToken));
        }

        return Task.FromResult<IReadOnlyList<PlannedChunk>>(chunks);
    }

    public Task<long> SumAsync(
        EventSource? source, DateOnly day, SettledCalendar calendar, string? bounds, TotalsAccumulator totals,
        CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        var keys = bounds is null ? null : KeyRange.Parse(bounds);
        var count = 0L;
        foreach (var rows in Tables(source, day, calendar.RangeOf(day)).Where(rows => keys is null || rows.IsLate == keys.Late))
        {
            count += source is null
                ? new OwnEventSummer(calendar, totals, cancellationToken).Sum(connection, rows, keys ?? new KeyRange(null, null))
                : EventSummer.Sum(connection, source, rows, keys ?? new KeyRange(null, null), totals, cancellationToken);
        }

        return Task.FromResult(count);
    }

    public Task AppendPartialsAsync(DbTransaction transaction, Chunk chunk, TotalsAccumulator totals, CancellationToken cancellationToken)
    {
        var connection = (SqliteConnection)transaction.Connection!;
        PartialTotals.Append(connection, chunk, totals, database.RowsPerTransactionMax);
        ControlSums.Write(connection, chunk, totals.Controls);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<PlannedChunk>> PlanItemRangesAsync(long runId, int partialsMax, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        return Task.FromResult(SegmentPlan.CutRanges(PartialTotals.List(connection, runId), Math.Min(partialsMax, database.RowsPerTransactionMax)));
    }

    public Task<IReadOnlyList<UsageSum>> MergeAsync(long runId, DateOnly day, string bounds, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        return Task.FromResult(PartialTotals.Merge(connection, runId, day, bounds));
    }

    public async Task DeleteObsoleteRowsAsync(DbTransaction transaction, IReadOnlyList<long> abandonedRuns, CancellationToken cancellationToken)
    {
        // Days close one after the other, so no other day has partial sums now.
        await transaction.Connection!.ExecuteAsync(new CommandDefinition(
            "DELETE FROM partial_totals; DELETE FROM chunk_sums", transaction: transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);
    }

    public Task<IReadOnlyList<ControlTotal>> ReadControlTotalsAsync(DbTransaction transaction, long runId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ControlTotal>>(ControlSums.Read((SqliteConnection)transaction.Connection!, runId));

    private static IEnumerable<EventRows> Tables(EventSource? source, DateOnly day, UtcRange range) =>
        source is null ? [EventRows.OnTime(range), EventRows.Late(day)] : [EventRows.Of(source, range)];
}
