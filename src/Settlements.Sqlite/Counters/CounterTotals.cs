using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Computes the totals of counter rows, and reads and writes the totals recorded at publication.</summary>
internal static class CounterTotals
{
    /// <summary>Rows read between two checks for cancellation.</summary>
    private const int CancellationCheckInterval = 4096;

    public const string Rounding = "rounding ";
    public const string Volume = "volume ";

    /// <summary>Computes the total of an instance's counters and pairs it with the recorded total.</summary>
    public static CounterCheck Check(
        SqliteConnection connection, RunsInForce runs, long runId, CounterInstance instance, CancellationToken cancellationToken)
    {
        using var row = new SqliteStatement(
            connection, "SELECT quantity, run_id, previous FROM item_counters WHERE meter = ? AND period = ? AND period_start = ?");
        var (period, start) = (CounterPeriodText.Of(instance.Period), DayText.From(instance.Start));
        row.Bind(1, instance.Meter).Bind(2, period).Bind(3, start);
        var (items, quantity, newItems) = (0L, (Int128)0, 0L);
        for (var count = 0; row.Step(); count++)
        {
            if (count % CancellationCheckInterval == 0)
                cancellationToken.ThrowIfCancellationRequested();
            var run = row.Int64(1);
            if (runs.Contains(run))
            {
                items++;
                quantity += row.Int64(0);
                newItems += run == runId && runId != 0 && row.IsNull(2) ? 1 : 0;
            }
            else if (!row.IsNull(2))
            {
                items++;
                quantity += row.Int64(2);
            }
        }

        var (recorded, total) = Recorded(connection, instance.Meter, period).GetValueOrDefault((period, start));
        return new CounterCheck(instance, items, (decimal)quantity, newItems, recorded, total);
    }

    /// <summary>
    /// Computes amounts by name and pairs them with the recorded amounts. Includes recorded names that have no rows any more.
    /// </summary>
    /// <param name="connection">The connection.</param>
    /// <param name="runs">The runs that are in force.</param>
    /// <param name="runId">The run that the transaction publishes.</param>
    /// <param name="kind"><see cref="Rounding"/> or <see cref="Volume"/>.</param>
    /// <param name="meter">The meter.</param>
    /// <param name="row">Rows of name, exact amount, run and previous exact amount.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static List<AmountCheck> Check(
        SqliteConnection connection, RunsInForce runs, long runId, string kind, string meter, SqliteStatement row,
        CancellationToken cancellationToken)
    {
        row.Bind(1, meter);
        var recorded = Recorded(connection, meter, kind);
        var sums = recorded.Keys.ToDictionary(r => r.Name[kind.Length..], _ => (Rows: 0L, Amount: 0m, NewRows: 0L), StringComparer.Ordinal);
        var name = new RepeatedText();
        for (var count = 0; row.Step(); count++)
        {
            if (count % CancellationCheckInterval == 0)
                cancellationToken.ThrowIfCancellationRequested();
            name.Read(row.Bytes(0));
            var isInForce = runs.Contains(row.Int64(2));
            if (!isInForce && row.IsNull(3))
                continue;
            var sum = sums.GetValueOrDefault(name.Text);
            var isNew = row.Int64(2) == runId && runId != 0 && row.IsNull(3);
            sums[name.Text] = (sum.Rows + 1, sum.Amount + AmountText.Parse(row.Bytes(isInForce ? 1 : 3)), sum.NewRows + (isNew ? 1 : 0));
        }

        return [.. sums.OrderBy(s => s.Key, Utf8Order.Instance).Select(s =>
        {
            var (rows, total) = recorded.GetValueOrDefault((kind + s.Key, ""));
            return new AmountCheck(s.Key, s.Value.Rows, s.Value.Amount, s.Value.NewRows, rows, total);
        })];
    }

    public static void Record(
        SqliteConnection connection, IEnumerable<(string Meter, string Name, string Start, long Rows, decimal Total)> totals)
    {
        using var put = new SqliteStatement(
            connection, "INSERT OR REPLACE INTO counter_totals (meter, name, period_start, row_count, total) VALUES (?, ?, ?, ?, ?)");
        foreach (var (meter, name, start, rows, total) in totals)
            put.Bind(1, meter).Bind(2, name).Bind(3, start).Bind(4, rows).BindAmount(5, total).Execute();
    }

    private static Dictionary<(string Name, string Start), (long Rows, decimal Total)> Recorded(
        SqliteConnection connection, string meter, string prefix)
    {
        var recorded = new Dictionary<(string, string), (long, decimal)>();
        using var row = new SqliteStatement(
            connection,
            "SELECT name, period_start, row_count, total FROM counter_totals WHERE meter = ? AND substr(name, 1, length(?)) = ?");
        row.Bind(1, meter).Bind(2, prefix).Bind(3, prefix);
        while (row.Step())
            recorded.Add((row.Text(0), row.Text(1)), (row.Int64(2), AmountText.Parse(row.Bytes(3))));
        return recorded;
    }
}
