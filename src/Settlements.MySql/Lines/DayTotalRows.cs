using Dapper;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Rows of the tables day_totals and day_amounts: the totals that were recorded when a day was published.</summary>
internal static class DayTotalRows
{
    public static async Task RecordAsync(
        MySqlTransaction transaction, IReadOnlyList<DayTotal> totals, IReadOnlyList<DayAmount> amounts, CancellationToken cancellationToken)
    {
        var connection = transaction.Connection!;
        await connection.ExecuteAsync(new CommandDefinition(
            "INSERT INTO day_totals (day, meter, line_count, events, quantity) VALUES (@day, @Meter, @Lines, @Events, @Quantity)",
            totals.Select(t => new { day = Sql.Day(t.Day), t.Meter, t.Lines, t.Events, t.Quantity }), transaction,
            cancellationToken: cancellationToken))
            .ConfigureAwait(false);
        await connection.ExecuteAsync(new CommandDefinition(
            "INSERT INTO day_amounts (day, currency, amount) VALUES (@day, @Currency, @Amount)",
            amounts.Select(a => new { day = Sql.Day(a.Day), a.Currency, a.Amount }), transaction, cancellationToken: cancellationToken))
            .ConfigureAwait(false);
    }

    public static async Task<IReadOnlyList<DayTotal>> ListTotalsAsync(
        MySqlConnection connection, DateRange days, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(
            DateTime Day, string Meter, long Lines, decimal Events, decimal Quantity)>(new CommandDefinition(
            $"""
            SELECT day, {Rows.Text("t.meter")}, line_count, events, quantity
            FROM day_totals t WHERE day BETWEEN @first AND @last ORDER BY t.day, t.meter
            """,
            new { first = Sql.Day(days.First), last = Sql.Day(days.Last) }, cancellationToken: cancellationToken)).ConfigureAwait(false);
        return [.. rows.Select(r => new DayTotal(Sql.Day(r.Day), r.Meter, r.Lines, r.Events, r.Quantity))];
    }

    public static async Task<IReadOnlyList<DayAmount>> ListAmountsAsync(
        MySqlConnection connection, MySqlTransaction? transaction, DateRange days, CancellationToken cancellationToken)
    {
        var rows = new List<DayAmount>();
        var reader = await connection.ExecuteReaderAsync(new CommandDefinition(
            "SELECT day, currency, amount FROM day_amounts WHERE day BETWEEN @first AND @last ORDER BY day, currency",
            new { first = Sql.Day(days.First), last = Sql.Day(days.Last) }, transaction, cancellationToken: cancellationToken))
                .ConfigureAwait(false);
        await using var _ = reader.ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            rows.Add(new DayAmount(reader.Day(0), reader.Text(1), reader.Amount(2)));
        return rows;
    }
}
