using System.Data.Common;
using System.Runtime.CompilerServices;
using Dapper;
using Microsoft.Data.Sqlite;
using Settlement.BillableEvents;
using Settlement.Calendars;
using Settlement.Sums;
using Settlement.Pipelines;
using Settlement.Sqlite.Connections;

namespace Settlement.Sqlite.Sums;

/// <summary>Partial totals of chunks, and the daily totals they are merged into.</summary>
internal sealed class SqliteDailyTotalStore(SqliteDatabase database) : IDailyTotalStore
{
    private static readonly string[] ItemKey = ["meter", "item_id"];

    public Task<DateTimeOffset?> FindFirstEventAsync(IReadOnlyList<EventSource> sources, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        var first = connection.QuerySingle<long?>("SELECT min(occurred_at) FROM billable_events") is { } own
            ? UnixMicroseconds.ToInstant(own)
            : (DateTimeOffset?)null;
        foreach (var source in sources)
        {
            if (InstantColumn.FindFirst(connection, source) is { } theirs && (first is null || theirs < first))
                first = theirs;
        }

        return Task.FromResult(first);
    }

    public Task<IReadOnlyList<PlannedChunk>> PlanAsync(
        EventSource? source, DateOnly day, UtcRange range, int chunkRowsMax, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        if (source is not null)
            InstantColumn.FindFirst(connection, source);
        var chunks = new List<PlannedChunk>();
        foreach (var rows in Tables(source, day, range))
        {
            rows.RefuseNullKeys(connection);
            chunks.AddRange(KeyPlanner.Cut(connection, rows, chunkRowsMax, cancellationToken));
        }

        return Task.FromResult<IReadOnlyList<PlannedChunk>>(chunks);
    }

    public Task<long> SumAsync(
        EventSource? source, DateOnly day, BusinessCalendar calendar, string? bounds, TotalsAccumulator totals, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        var keys = bounds is null ? null : KeyRange.Parse(bounds);
        var count = 0L;
        foreach (var rows in Tables(source, day, calendar.RangeOf(day)).Where(rows => keys is null || rows.IsLate == keys.Late))
        {
            count += source is null
                ? EventSummer.Sum(connection, rows, keys ?? new KeyRange(null, null), calendar, totals, cancellationToken)
                : EventSummer.Sum(connection, source, rows, keys ?? new KeyRange(null, null), totals, cancellationToken);
        }

        return Task.FromResult(count);
    }

    public Task AppendPartialsAsync(DbTransaction transaction, Chunk chunk, TotalsAccumulator totals, CancellationToken cancellationToken)
    {
        using var insert = new SqliteStatement((SqliteConnection)transaction.Connection!, """
            INSERT INTO partial_totals (run_id, meter, item_id, payee_id, own_day, chunk, quantity, events) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """);
        insert.Bind(1, chunk.RunId).Bind(6, chunk.Number);
        foreach (var place in totals.Order())
        {
            var total = totals.Read(place);
            insert.BindText(2, total.Meter).BindText(3, total.ItemId).BindText(4, total.PayeeId).Bind(5, total.OwnDay).Bind(7, total.Quantity)
                .Bind(8, total.Events).Execute();
        }

        ControlSums.Write((SqliteConnection)transaction.Connection!, chunk, totals.Controls);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<PlannedChunk>> PlanItemRangesAsync(long runId, int partialsMax, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        var chunks = new List<PlannedChunk>();
        for (var from = Hop(connection, runId, null, ">=", 0); from is not null;)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // An item with more partial totals than a range may have is a range of its own.
            var to = Hop(connection, runId, from, ">=", partialsMax);
            if (to is not null && to.AsSpan().SequenceEqual(from))
                to = Hop(connection, runId, from, ">", 0);
            chunks.Add(new PlannedChunk(new KeyRange(from, to).ToString()));
            from = to;
        }

        return Task.FromResult<IReadOnlyList<PlannedChunk>>(chunks);
    }

    public Task<IReadOnlyList<DailyTotal>> MergeAsync(long runId, DateOnly day, string bounds, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        var keys = KeyRange.Parse(bounds);
        using var row = new SqliteStatement(connection, $"""
            SELECT meter, item_id, payee_id, own_day, sum(quantity), sum(events) FROM partial_totals
            WHERE run_id = ? AND {keys.Condition(ItemKey)}
            GROUP BY meter, item_id, payee_id, own_day ORDER BY meter, item_id, payee_id, own_day
            """);
        row.Bind(1, runId);
        keys.Bind(row, 2);
        var merger = new TotalMerger(day);
        try
        {
            while (row.Step())
                merger.Add(row.Text(0), row.Text(1), row.Text(2), row.Int32(3), row.Int64(4), row.Int64(5));
        }
        catch (SqliteException e) when (e.Message.Contains("integer overflow", StringComparison.Ordinal))
        {
            throw Overflow(connection, runId, keys);
        }

        return Task.FromResult<IReadOnlyList<DailyTotal>>(merger.Totals);
    }

    public Task WriteAsync(DbTransaction transaction, long runId, IReadOnlyList<DailyTotal> totals, CancellationToken cancellationToken)
    {
        var connection = (SqliteConnection)transaction.Connection!;
        using var insert = new SqliteStatement(
            connection, "INSERT INTO daily_totals (run_id, meter, item_id, payee_id, quantity, events) VALUES (?, ?, ?, ?, ?, ?)");
        using var insertLate = new SqliteStatement(
            connection, "INSERT INTO late_totals (run_id, meter, item_id, payee_id, own_day, quantity, events) VALUES (?, ?, ?, ?, ?, ?, ?)");
        foreach (var total in totals)
        {
            insert.Bind(1, runId).Bind(2, total.Meter).Bind(3, total.ItemId).Bind(4, total.PayeeId).Bind(5, total.Quantity).Bind(6, total.Events)
                .Execute();
            foreach (var late in total.Late)
            {
                insertLate.Bind(1, runId).Bind(2, total.Meter).Bind(3, total.ItemId).Bind(4, total.PayeeId)
                    .Bind(5, DayText.From(late.OwnDay)).Bind(6, late.Quantity).Bind(7, late.Events).Execute();
            }
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<MeterCheck>> CheckAsync(DbTransaction transaction, long runId, CancellationToken cancellationToken) =>
        ControlSums.CheckAsync(transaction, runId);

    public async IAsyncEnumerable<DailyTotal> ReadAsync(
        DateRange days, ItemFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        using var snapshot = connection.BeginTransaction(deferred: true);
        var parameters = PublishedRows.Parameters(days, filter);
        var late = (await connection.QueryAsync<(string Day, string Meter, string ItemId, string PayeeId, string OwnDay, long Quantity, long Events)>(
                PublishedRows.Select("t.meter, t.item_id, t.payee_id, t.own_day, t.quantity, t.events", "late_totals", filter, "t.own_day"), parameters, snapshot)
            .ConfigureAwait(false))
            .ToLookup(l => (l.Day, l.Meter, l.ItemId, l.PayeeId), l => new LateQuantity(DayText.Parse(l.OwnDay), l.Quantity, l.Events));
        var rows = connection.Query<(string Day, string Meter, string ItemId, string PayeeId, long Quantity, long Events)>(
            PublishedRows.Select("t.meter, t.item_id, t.payee_id, t.quantity, t.events", "daily_totals", filter), parameters, snapshot, buffered: false);
        foreach (var row in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new DailyTotal(
                DayText.Parse(row.Day), row.Meter, row.ItemId, row.PayeeId, row.Quantity, row.Events,
                late.Count == 0 ? [] : [.. late[(row.Day, row.Meter, row.ItemId, row.PayeeId)]]);
        }
    }

    private static IEnumerable<EventRows> Tables(EventSource? source, DateOnly day, UtcRange range) =>
        source is null ? [EventRows.OnTime(range), EventRows.Late(day)] : [EventRows.Of(source, range)];

    /// <summary>SQLite says that a sum overflowed and not which: the greatest, in floating point, is one that did.</summary>
    private static OverflowException Overflow(SqliteConnection connection, long runId, KeyRange keys)
    {
        using var greatest = new SqliteStatement(connection, $"""
            SELECT meter, item_id, payee_id FROM partial_totals WHERE run_id = ? AND {keys.Condition(ItemKey)}
            GROUP BY meter, item_id, payee_id, own_day ORDER BY abs(total(quantity)) DESC LIMIT 1
            """);
        greatest.Bind(1, runId);
        keys.Bind(greatest, 2);
        greatest.Step();
        return TotalMerger.Overflow(greatest.Text(0), greatest.Text(1), greatest.Text(2));
    }

    private static string[]? Hop(SqliteConnection connection, long runId, string[]? from, string comparison, int skip)
    {
        var condition = from is null ? "" : $" AND (meter, item_id) {comparison} (?, ?)";
        using var hop = new SqliteStatement(connection, $"""
            SELECT meter, item_id FROM partial_totals WHERE run_id = ?{condition} ORDER BY meter, item_id LIMIT 1 OFFSET ?
            """);
        hop.Bind(1, runId);
        if (from is not null)
            new KeyRange(from, null).Bind(hop, 2);
        hop.Bind(from is null ? 2 : 4, skip);
        return hop.Step() ? KeyRange.Read(hop, ItemKey) : null;
    }
}
