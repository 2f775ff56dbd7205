using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Reads and writes the totals and amounts recorded when days were published.</summary>
internal static class DayTotalRows
{
    public static void Write(SqliteConnection connection, IReadOnlyList<DayTotal> totals, IReadOnlyList<DayAmount> amounts)
    {
        using var insert = new SqliteStatement(
            connection, "INSERT INTO day_totals (day, meter, line_count, events, quantity) VALUES (?, ?, ?, ?, ?)");
        foreach (var total in totals)
        {
            insert.Bind(1, DayText.From(total.Day)).Bind(2, total.Meter).Bind(3, total.Lines).Bind(4, (long)total.Events)
                .BindAmount(5, total.Quantity).Execute();
        }

        using var insertAmount = new SqliteStatement(connection, "INSERT INTO day_amounts (day, currency, amount) VALUES (?, ?, ?)");
        foreach (var amount in amounts)
            insertAmount.Bind(1, DayText.From(amount.Day)).Bind(2, amount.Currency).BindAmount(3, amount.Amount).Execute();
    }

    public static List<DayTotal> List(SqliteConnection connection, DateRange days)
    {
        using var row = new SqliteStatement(connection, """
            SELECT t.day, t.meter, t.line_count, t.events, t.quantity FROM day_totals t JOIN business_days d ON d.day = t.day
            WHERE t.day BETWEEN ? AND ? AND d.state = 'published' ORDER BY t.day, t.meter
            """);
        row.Bind(1, DayText.From(days.First)).Bind(2, DayText.From(days.Last));
        var totals = new List<DayTotal>();
        while (row.Step())
            totals.Add(new DayTotal(DayText.Parse(row.Text(0)), row.Text(1), row.Int64(2), row.Int64(3), AmountText.Parse(row.Bytes(4))));
        return totals;
    }

    public static List<DayAmount> ListAmounts(SqliteConnection connection, DateRange days)
    {
        using var row = new SqliteStatement(connection, """
            SELECT a.day, a.currency, a.amount FROM day_amounts a JOIN business_days d ON d.day = a.day
            WHERE a.day BETWEEN ? AND ? AND d.state = 'published' ORDER BY a.day, a.currency
            """);
        row.Bind(1, DayText.From(days.First)).Bind(2, DayText.From(days.Last));
        var amounts = new List<DayAmount>();
        while (row.Step())
            amounts.Add(new DayAmount(DayText.Parse(row.Text(0)), row.Text(1), AmountText.Parse(row.Bytes(2))));
        return amounts;
    }
}
