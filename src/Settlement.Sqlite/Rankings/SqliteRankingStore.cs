using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Settlement.Calendars;
using Settlement.Rankings;
using Settlement.Sqlite.Connections;

namespace Settlement.Sqlite.Rankings;

/// <summary>Rankings, made from the counters when a day is published.</summary>
internal sealed class SqliteRankingStore(SqliteDatabase database) : IRankingStore
{
    public async Task WriteAsync(
        DbTransaction transaction, long runId, DateOnly day, DateRange week, DateRange month, int sizeMax, CancellationToken cancellationToken)
    {
        var connection = transaction.Connection!;
        var meters = CounterMeters.Read((SqliteConnection)connection);
        (string Name, string Column, DateOnly First)[] periods =
            [("day", "quantity", day), ("week", "week", week.First), ("month", "month", month.First)];
        foreach (var meter in meters)
        {
            foreach (var period in periods)
            {
                await connection.ExecuteAsync(
                    $"""
                    INSERT INTO rankings (run_id, period, meter, place, item_id, payee_id, quantity)
                    SELECT @runId, @Name, @meter, row_number() OVER (), item_id, payee_id, units
                    FROM (SELECT item_id, payee_id, {period.Column} AS units FROM item_counters
                          WHERE meter = @meter AND day >= @first ORDER BY units DESC, item_id LIMIT @sizeMax)
                    """,
                    new { runId, period.Name, meter, first = DayText.From(period.First), sizeMax }, transaction).ConfigureAwait(false);
            }
        }
    }

    public async Task<IReadOnlyList<RankedItem>> ReadAsync(
        CalendarPeriod period, DateRange days, string meter, int count, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        var rows = await connection.QueryAsync<(long Place, string ItemId, string PayeeId, long Quantity)>(
            """
            SELECT place, item_id, payee_id, quantity FROM rankings
            WHERE run_id = (SELECT run_id FROM business_days WHERE day BETWEEN @first AND @last AND state = 'published' ORDER BY day DESC LIMIT 1)
              AND period = @period AND meter = @meter AND place <= @count
            ORDER BY place
            """,
            new
            {
                first = DayText.From(days.First), last = DayText.From(days.Last), meter, count,
                period = period switch
                {
                    CalendarPeriod.Day => "day",
                    CalendarPeriod.Week => "week",
                    CalendarPeriod.Month => "month",
                    _ => throw new ArgumentOutOfRangeException(nameof(period), period, "Rankings are kept of days, weeks and months."),
                },
            }).ConfigureAwait(false);
        return [.. rows.Select(r => new RankedItem((int)r.Place, r.ItemId, r.PayeeId, r.Quantity))];
    }

    public async Task<IReadOnlyList<RankedItem>> ComputeAsync(
        DateRange days, string meter, string? payeeId, int count, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();

        // With a single max(), SQLite takes the payee of the row that has it: that of the last day, the last by bytes.
        var rows = await connection.QueryAsync<(string ItemId, string PayeeId, long Quantity)>(
            $"""
            SELECT item_id, payee_id, units
            FROM (SELECT t.item_id, t.payee_id, sum(t.quantity) AS units, max(d.day || t.payee_id)
                  FROM business_days d CROSS JOIN daily_totals t ON t.run_id = d.run_id
                  WHERE d.day BETWEEN @first AND @last AND d.state = 'published' AND t.meter = @meter
                        {(payeeId is null ? "" : "AND t.payee_id = @payeeId")}
                  GROUP BY t.item_id)
            ORDER BY units DESC, item_id LIMIT @count
            """,
            new { first = DayText.From(days.First), last = DayText.From(days.Last), meter, payeeId, count }).ConfigureAwait(false);
        return [.. rows.Select((r, i) => new RankedItem(i + 1, r.ItemId, r.PayeeId, r.Quantity))];
    }
}
