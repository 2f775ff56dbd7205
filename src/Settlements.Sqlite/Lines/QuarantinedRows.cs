using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Settlements.Sqlite;

/// <summary>Reads and writes quarantined usage: usage that can't be priced.</summary>
internal static class QuarantinedRows
{
    public static void Write(SqliteConnection connection, long runId, IReadOnlyList<QuarantinedUsage> quarantined)
    {
        using var insert = new SqliteStatement(connection, """
            INSERT INTO quarantined_usage (run_id, meter, item_id, payee_id, usage_date, quantity, events, reason)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """);
        foreach (var usage in quarantined)
        {
            insert.Bind(1, runId).Bind(2, usage.Meter).Bind(3, usage.ItemId).Bind(4, usage.PayeeId).Bind(5, DayText.From(usage.UsageDate))
                .Bind(6, usage.Quantity.ToString(CultureInfo.InvariantCulture)).Bind(7, usage.Events).Bind(8, usage.Reason).Execute();
        }
    }

    /// <summary>Lists the quarantined usage of a published day, ordered by meter, item, payee and usage date, by bytes.</summary>
    public static List<QuarantinedUsage> List(SqliteConnection connection, DateOnly day)
    {
        using var row = new SqliteStatement(connection, """
            SELECT t.meter, t.item_id, t.payee_id, t.usage_date, t.quantity, t.events, t.reason
            FROM business_days d CROSS JOIN quarantined_usage t ON t.run_id = d.run_id
            WHERE d.day = ? AND d.state = 'published' ORDER BY t.meter, t.item_id, t.payee_id, t.usage_date
            """);
        row.Bind(1, DayText.From(day));
        return Read(row);
    }

    /// <summary>Lists the quarantined usage of a run, in the same order.</summary>
    public static List<QuarantinedUsage> List(SqliteConnection connection, long runId)
    {
        using var row = new SqliteStatement(connection, """
            SELECT meter, item_id, payee_id, usage_date, quantity, events, reason FROM quarantined_usage WHERE run_id = ?
            ORDER BY meter, item_id, payee_id, usage_date
            """);
        row.Bind(1, runId);
        return Read(row);
    }

    private static List<QuarantinedUsage> Read(SqliteStatement row)
    {
        var usage = new List<QuarantinedUsage>();
        while (row.Step())
        {
            usage.Add(new QuarantinedUsage(
                row.Text(0), row.Text(1), row.Text(2), DayText.Parse(row.Text(3)), AmountText.ParseInteger(row.Bytes(4)), row.Int64(5),
                row.Text(6)));
        }

        return usage;
    }
}
