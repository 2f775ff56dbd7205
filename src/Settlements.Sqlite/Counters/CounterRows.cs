using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Writes rows of the tables <c>item_counters</c>, <c>volume_units</c> and <c>rounding_sums</c>.</summary>
internal static class CounterRows
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Write(SqliteConnection connection, long runId, IEnumerable<CounterChange> counters)
    {
        using var put = new SqliteStatement(connection, """
            INSERT OR REPLACE INTO item_counters (meter, period, period_start, item_id, quantity, run_id, previous)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """);
        put.Bind(6, runId);
        CounterInstance? before = null;
        foreach (var change in counters)
        {
            if (!ReferenceEquals(change.Instance, before) && change.Instance != before)
            {
                put.Bind(1, change.Instance.Meter).Bind(2, CounterPeriodText.Of(change.Instance.Period))
                    .Bind(3, DayText.From(change.Instance.Start));
            }

            before = change.Instance;
            put.Bind(4, change.ItemId).Bind(5, change.Quantity).Bind(7, change.Previous).Run();
        }
    }

    public static void Write(SqliteConnection connection, long runId, IEnumerable<VolumeChange> volume)
    {
        using var put = new SqliteStatement(connection, """
            INSERT OR REPLACE INTO volume_units (meter, item_id, rate_scope, rate_version, period_start, payee_id, units, exact_amount,
                                                 run_id, previous_units, previous_exact)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """);
        put.Bind(9, runId);
        foreach (var change in volume)
        {
            var key = change.Key;
            put.Bind(1, key.Meter).Bind(2, key.ItemId).Bind(3, key.RateScope).Bind(4, key.RateVersion)
                .Bind(5, DayText.From(key.PeriodStart))
                .Bind(6, key.PayeeId).Bind(7, change.Sum.Units).BindAmount(8, change.Sum.ExactAmount).Bind(10, change.Previous?.Units)
                .BindAmount(11, change.Previous?.ExactAmount).Execute();
        }
    }

    public static void Write(SqliteConnection connection, long runId, IEnumerable<RoundingChange> rounding)
    {
        using var put = new SqliteStatement(connection, """
            INSERT OR REPLACE INTO rounding_sums (meter, item_id, payee_id, currency, exact_amount, run_id, previous_exact)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """);
        put.Bind(6, runId);
        foreach (var change in rounding)
        {
            var key = change.Key;
            put.Bind(1, key.Meter).Bind(2, key.ItemId).Bind(3, key.PayeeId).Bind(4, key.Currency).BindAmount(5, change.ExactAmount)
                .BindAmount(7, change.Previous).Execute();
        }
    }
}
