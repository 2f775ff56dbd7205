using System.Data;
using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Text;
using Dapper;
using MySqlConnector;
using Settlement.BillableEvents;
using Settlement.Calendars;
using Settlement.Sums;
using Settlement.MySql.Connections;
using Settlement.Pipelines;

namespace Settlement.MySql.Sums;

/// <summary>Partial totals of chunks, and the daily totals they are merged into.</summary>
internal sealed class MySqlDailyTotalStore : IDailyTotalStore
{
    private static readonly BulkTable Totals = BulkTable.Of("daily_totals", "run_id", "meter", "item_id", "payee_id", "quantity", "events");
    private static readonly BulkTable LateTotals = BulkTable.Of("late_totals", "run_id", "meter", "item_id", "payee_id", "own_day", "quantity", "events");

    private readonly MySqlDatabase _database;
    private readonly BulkInsert _bulk;
    private readonly PartialTotals _partials;

    public MySqlDailyTotalStore(MySqlDatabase database)
    {
        _database = database;
        _bulk = new BulkInsert(database.Server, database.Place, database.Options.CommandTimeout);
        _partials = new PartialTotals(_bulk);
    }

    public Task<DateTimeOffset?> FindFirstEventAsync(IReadOnlyList<EventSource> sources, CancellationToken cancellationToken) => _database.ReadAsync(
        async connection =>
        {
            var first = await EventPlanner.FindFirstAsync(connection, null, cancellationToken).ConfigureAwait(false);
            foreach (var source in sources)
            {
                var theirs = await EventPlanner.FindFirstAsync(connection, source, cancellationToken).ConfigureAwait(false);
                if (first is null || theirs < first)
                    first = theirs ?? first;
            }

            return first;
        },
        cancellationToken);

    public Task<IReadOnlyList<PlannedChunk>> PlanAsync(
        EventSource? source, DateOnly day, UtcRange range, int chunkRowsMax, CancellationToken cancellationToken) => _database.ReadAsync(
        connection => EventPlanner.PlanAsync(connection, source, day, range, chunkRowsMax, cancellationToken), cancellationToken);

    public Task<long> SumAsync(
        EventSource? source, DateOnly day, BusinessCalendar calendar, string? bounds, TotalsAccumulator totals, CancellationToken cancellationToken) =>
        _database.ReadInBulkAsync(
            connection => EventSummer.SumAsync(connection, source, day, calendar, bounds, _database.Options.SumPlan, totals, cancellationToken),
            cancellationToken);

    public async Task AppendPartialsAsync(DbTransaction transaction, Chunk chunk, TotalsAccumulator totals, CancellationToken cancellationToken)
    {
        await _partials.AppendAsync((MySqlTransaction)transaction, chunk, totals, cancellationToken).ConfigureAwait(false);
        await ControlSums.WriteAsync(transaction, chunk, totals.Controls, cancellationToken).ConfigureAwait(false);
    }

    public Task<IReadOnlyList<PlannedChunk>> PlanItemRangesAsync(long runId, int partialsMax, CancellationToken cancellationToken) =>
        _database.ReadAsync(connection => PartialTotals.PlanAsync(connection, runId, partialsMax, cancellationToken), cancellationToken);

    public async Task<IReadOnlyList<DailyTotal>> MergeAsync(long runId, DateOnly day, string bounds, CancellationToken cancellationToken)
    {
        var sums = await _database.ReadAsync(
            connection => PartialTotals.MergeAsync(connection, runId, ItemRange.Parse(bounds), cancellationToken), cancellationToken).ConfigureAwait(false);
        var merger = new TotalMerger(day);
        var meter = "";
        foreach (var place in sums.Order())
        {
            var sum = sums.Read(place);
            if (!Ascii.Equals(sum.Meter, meter))
                meter = Encoding.UTF8.GetString(sum.Meter);
            merger.Add(meter, Encoding.UTF8.GetString(sum.ItemId), Encoding.UTF8.GetString(sum.PayeeId), sum.OwnDay, sum.Quantity,
                sum.Events);
        }

        return merger.Totals;
    }

    public async Task WriteAsync(DbTransaction transaction, long runId, IReadOnlyList<DailyTotal> totals, CancellationToken cancellationToken)
    {
        var connection = (MySqlConnection)transaction.Connection!;
        var constants = Totals.With(("run_id", Sql.Literal(runId)));
        var isUniform = totals.Count > 0 && totals.All(t => t.Meter == totals[0].Meter);
        var rows = new ListRows<DailyTotal>(totals, (row, total) =>
        {
            Key(row, total, withMeter: !isUniform);
            row.Int64(total.Quantity);
            row.Int64(total.Events);
        });
        await _bulk.WriteAllAsync(
            connection, (MySqlTransaction)transaction, isUniform ? constants.With(("meter", Sql.Literal(totals[0].Meter))) : constants, rows, totals.Count,
            cancellationToken).ConfigureAwait(false);

        var late = totals.SelectMany(total => total.Late.Select(l => (Total: total, Late: l))).ToList();
        var lateRows = new ListRows<(DailyTotal Total, LateQuantity Late)>(late, (row, one) =>
        {
            Key(row, one.Total, withMeter: true);
            row.Day(one.Late.OwnDay);
            row.Int64(one.Late.Quantity);
            row.Int64(one.Late.Events);
        });
        await _bulk.WriteAllAsync(connection, (MySqlTransaction)transaction, LateTotals.With(("run_id", Sql.Literal(runId))), lateRows, late.Count, cancellationToken).ConfigureAwait(false);
    }

    public Task<IReadOnlyList<MeterCheck>> CheckAsync(DbTransaction transaction, long runId, CancellationToken cancellationToken) =>
        ControlSums.CheckAsync(transaction, runId, cancellationToken);

    public async IAsyncEnumerable<DailyTotal> ReadAsync(
        DateRange days, ItemFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var connection = await _database.OpenReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var snapshot = await connection.BeginTransactionAsync(IsolationLevel.Snapshot, cancellationToken).ConfigureAwait(false);
        await using var __ = snapshot.ConfigureAwait(false);
        var parameters = PublishedRows.Parameters(days, filter);
        var late = (await connection.QueryAsync<(DateTime Day, string Meter, string ItemId, string PayeeId, DateTime OwnDay, long Quantity, long Events)>(
                new CommandDefinition(
                    PublishedRows.Select(
                        $"{Rows.Text("t.meter")}, {Rows.Text("t.item_id")}, {Rows.Text("t.payee_id")}, t.own_day, t.quantity, t.events", "late_totals", filter,
                        ", t.own_day"), parameters, snapshot, cancellationToken: cancellationToken)).ConfigureAwait(false))
            .ToLookup(l => (Sql.Day(l.Day), l.Meter, l.ItemId, l.PayeeId), l => new LateQuantity(Sql.Day(l.OwnDay), l.Quantity, l.Events));
        var reader = await connection.ExecuteReaderAsync(new CommandDefinition(
            PublishedRows.Select("t.meter, t.item_id, t.payee_id, t.quantity, t.events", "daily_totals", filter), parameters, snapshot,
            cancellationToken: cancellationToken)).ConfigureAwait(false);
        await using var ___ = reader.ConfigureAwait(false);
        var meter = "";
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var total = new DailyTotal(reader.Day(0), reader.Text(1, ref meter), reader.Text(2), reader.Text(3), reader.GetInt64(4), reader.GetInt64(5), []);
            yield return late.Count == 0 ? total : total with { Late = [.. late[(total.Day, total.Meter, total.ItemId, total.PayeeId)]] };
        }
    }

    private static void Key(RowBuffer row, DailyTotal total, bool withMeter)
    {
        if (withMeter)
            row.Text(total.Meter);
        row.Text(total.ItemId);
        row.Text(total.PayeeId);
    }
}
