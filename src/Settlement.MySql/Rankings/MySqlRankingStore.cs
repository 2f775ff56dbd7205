using System.Data.Common;
using Dapper;
using MySqlConnector;
using Settlement.Calendars;
using Settlement.MySql.Connections;
using Settlement.Rankings;

namespace Settlement.MySql.Rankings;

/// <summary>Rankings, made from the counters when a day is published.</summary>
internal sealed class MySqlRankingStore(MySqlDatabase database) : IRankingStore
{
    public async Task WriteAsync(
        DbTransaction transaction, long runId, DateOnly day, DateRange week, DateRange month, int sizeMax, CancellationToken cancellationToken)
    {
        var connection = (MySqlConnection)transaction.Connection!;
        (string Name, string Column, DateOnly First)[] periods =
            [("day", "quantity", day), ("week", "week", week.First), ("month", "month", month.First)];
        foreach (var meter in await CounterMeters.ReadAsync(connection, (MySqlTransaction)transaction, cancellationToken).ConfigureAwait(false))
        {
            foreach (var period in periods)
            {
                await connection.ExecuteAsync(new CommandDefinition(
                    $"""
                    INSERT INTO rankings (run_id, period, meter, place, item_id, payee_id, quantity)
                    SELECT @runId, @Name, @meter, row_number() OVER (ORDER BY units DESC, item_id), item_id, payee_id, units
                    FROM (SELECT item_id, payee_id, {period.Column} AS units FROM item_counters
                          WHERE meter = @meter AND day >= @first ORDER BY units DESC, item_id LIMIT @sizeMax) AS best
                    """,
                    new { runId, period.Name, meter, first = Sql.Day(period.First), sizeMax }, transaction, cancellationToken: cancellationToken))
                    .ConfigureAwait(false);
            }
        }
    }

    public Task<IReadOnlyList<RankedItem>> ReadAsync(
        CalendarPeriod period, DateRange days, string meter, int count, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            var rows = await connection.QueryAsync<(int Place, string ItemId, string PayeeId, long Quantity)>(new CommandDefinition(
                $"""
                SELECT place, {Rows.Text("item_id")}, {Rows.Text("payee_id")}, quantity FROM rankings
                WHERE run_id = (SELECT run_id FROM business_days WHERE day BETWEEN @first AND @last AND state = 'published' ORDER BY day DESC LIMIT 1)
                  AND period = @period AND meter = @meter AND place <= @count
                ORDER BY place
                """,
                new
                {
                    first = Sql.Day(days.First), last = Sql.Day(days.Last), meter, count,
                    period = period switch
                    {
                        CalendarPeriod.Day => "day",
                        CalendarPeriod.Week => "week",
                        CalendarPeriod.Month => "month",
                        _ => throw new ArgumentOutOfRangeException(nameof(period), period, "Rankings are kept of days, weeks and months."),
                    },
                },
                cancellationToken: cancellationToken)).ConfigureAwait(false);
            return (IReadOnlyList<RankedItem>)[.. rows.Select(r => new RankedItem(r.Place, r.ItemId, r.PayeeId, r.Quantity))];
        },
        cancellationToken);

    public Task<IReadOnlyList<RankedItem>> ComputeAsync(
        DateRange days, string meter, string? payeeId, int count, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            // The payee is that of the item's last day, the last by bytes: max() of the day and the payee's bytes, less the 8 bytes of the day.
            var rows = await connection.QueryAsync<(string ItemId, string PayeeId, long Quantity)>(new CommandDefinition(
                $"""
                SELECT {Rows.Text("item_id")}, {Rows.Text("substring(last_payee, 9)")}, CAST(units AS SIGNED)
                FROM (SELECT t.item_id, sum(t.quantity) AS units,
                             max(concat(CAST(date_format(d.day, '%Y%m%d') AS BINARY), t.payee_id)) AS last_payee
                      FROM business_days d STRAIGHT_JOIN daily_totals t ON t.run_id = d.run_id
                      WHERE d.day BETWEEN @first AND @last AND d.state = 'published' AND t.meter = @meter
                            {(payeeId is null ? "" : "AND t.payee_id = @payeeId")}
                      GROUP BY t.item_id) AS items
                ORDER BY units DESC, item_id LIMIT @count
                """,
                new { first = Sql.Day(days.First), last = Sql.Day(days.Last), meter, payeeId, count }, cancellationToken: cancellationToken))
                .ConfigureAwait(false);
            return (IReadOnlyList<RankedItem>)[.. rows.Select((r, i) => new RankedItem(i + 1, r.ItemId, r.PayeeId, r.Quantity))];
        },
        cancellationToken);
}
