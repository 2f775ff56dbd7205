using System.Globalization;
using Microsoft.Data.Sqlite;
using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Reads and writes control totals: the events and quantities that chunks read, stored separately from their sums.</summary>
internal static class ControlTotalRows
{
    public static void Write(SqliteConnection connection, PipelineChunk chunk, IReadOnlyList<ControlTotals> controls)
    {
        using var insert = new SqliteStatement(
            connection, "INSERT INTO control_totals (run_id, chunk, meter, events, quantity) VALUES (?, ?, ?, ?, ?)");
        insert.Bind(1, chunk.RunId).Bind(2, chunk.Number);
        foreach (var control in controls)
        {
            insert.Bind(3, control.Meter).Bind(4, control.Events).Bind(5, control.Quantity.ToString(CultureInfo.InvariantCulture))
                .Execute();
        }
    }

    public static List<ControlTotal> Read(SqliteConnection connection, long runId)
    {
        var totals = new SortedDictionary<string, (long Events, decimal Quantity)>(Utf8Order.Instance);
        using var row = new SqliteStatement(connection, "SELECT meter, events, quantity FROM control_totals WHERE run_id = ?");
        row.Bind(1, runId);
        while (row.Step())
        {
            var meter = row.Text(0);
            var (events, quantity) = totals.GetValueOrDefault(meter);
            totals[meter] = (events + row.Int64(1), quantity + AmountText.Parse(row.Bytes(2)));
        }

        return [.. totals.Select(t => new ControlTotal(t.Key, t.Value.Events, t.Value.Quantity))];
    }
}
