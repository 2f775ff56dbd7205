using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Ranks all items of published days in one statement, which SQLite groups on disk when memory is short.</summary>
internal static class PeriodItems
{
    /// <summary>Returns the items with the highest quantities, in descending order; equal quantities by item id.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="days">Both ends included.</param>
    /// <param name="runId">A run treated as the published run of the last day; 0 for none.</param>
    /// <param name="meter">The meter.</param>
    /// <param name="payeeId">The payee whose usage is counted; null for all payees.</param>
    /// <param name="count">The largest number of items.</param>
    public static List<ItemQuantity> Top(
        SqliteConnection connection, DateRange days, long runId, string meter, string? payeeId, int count)
    {
        // In a query with a single max(), SQLite takes the bare column payee_id from the row with the maximum: the last payee by bytes of
        // the last day. The sum has two parts because it may exceed the range of an integer.
        using var row = new SqliteStatement(connection, $"""
            SELECT item_id, payee_id, high, low
            FROM (SELECT t.item_id, t.payee_id, sum(t.quantity / 1000000000) AS high, sum(t.quantity % 1000000000) AS low,
                         max(d.day || t.payee_id)
                  FROM (SELECT day, run_id FROM business_days WHERE day BETWEEN ? AND ? AND state = 'published'
                        UNION ALL SELECT ?, ? WHERE ? <> 0) d
                  CROSS JOIN settlement_lines t ON t.run_id = d.run_id
                  WHERE t.meter = ? {(payeeId is null ? "" : "AND t.payee_id = ?")}
                  GROUP BY t.item_id)
            ORDER BY high * 1000000000 + low DESC, item_id LIMIT ?
            """);
        row.Bind(1, DayText.From(days.First)).Bind(2, DayText.From(days.Last)).Bind(3, DayText.From(days.Last)).Bind(4, runId)
            .Bind(5, runId).Bind(6, meter);
        if (payeeId is not null)
            row.Bind(7, payeeId);
        row.Bind(payeeId is null ? 7 : 8, count);
        var items = new List<ItemQuantity>();
        while (row.Step())
        {
            items.Add(new ItemQuantity(
                row.Text(0), row.Text(1), RankingText.Clamp((Int128)row.Int64(2) * 1_000_000_000 + row.Int64(3))));
        }

        return items;
    }
}
