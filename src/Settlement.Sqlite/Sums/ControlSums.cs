using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;
using Settlement.Sums;
using Settlement.Pipelines;
using Settlement.Sqlite.Connections;

namespace Settlement.Sqlite.Sums;

/// <summary>What chunks read, counted apart from their sums, and the look at both.</summary>
internal static class ControlSums
{
    public static void Write(SqliteConnection connection, Chunk chunk, IReadOnlyList<ControlSum> controls)
    {
        using var insert = new SqliteStatement(connection, "INSERT INTO chunk_sums (run_id, chunk, meter, events, quantity) VALUES (?, ?, ?, ?, ?)");
        insert.Bind(1, chunk.RunId).Bind(2, chunk.Number);
        foreach (var control in controls)
            insert.Bind(3, control.Meter).Bind(4, control.Events).Bind(5, control.Quantity.ToString(CultureInfo.InvariantCulture)).Execute();
    }

    public static async Task<IReadOnlyList<MeterCheck>> CheckAsync(DbTransaction transaction, long runId)
    {
        var connection = transaction.Connection!;
        var read = (await connection.QueryAsync<(string Meter, long Events, string Quantity)>(
                "SELECT meter, events, quantity FROM chunk_sums WHERE run_id = @runId", new { runId }, transaction).ConfigureAwait(false))
            .GroupBy(r => r.Meter, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => (g.Sum(r => r.Events), g.Sum(r => decimal.Parse(r.Quantity, CultureInfo.InvariantCulture))), StringComparer.Ordinal);

        // In two parts, since all items of a meter together may have more units than an integer holds.
        var totals = (await connection.QueryAsync<(string Meter, long Count, long Events, long High, long Low)>(
                """
                SELECT meter, count(*), sum(events), sum(quantity / 1000000000), sum(quantity % 1000000000) FROM daily_totals
                WHERE run_id = @runId GROUP BY meter
                """,
                new { runId }, transaction).ConfigureAwait(false))
            .ToDictionary(t => t.Meter, t => (t.Count, t.Events, t.High * 1_000_000_000m + t.Low), StringComparer.Ordinal);
        return [.. read.Keys.Union(totals.Keys, StringComparer.Ordinal).Order(Utf8Order.Instance).Select(meter =>
        {
            var (eventsRead, quantityRead) = read.GetValueOrDefault(meter);
            var (count, events, quantity) = totals.GetValueOrDefault(meter);
            return new MeterCheck(meter, eventsRead, quantityRead, count, events, quantity);
        })];
    }
}
