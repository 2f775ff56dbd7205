using System.Text;

namespace Settlement.Testing.Contracts;

/// <summary>
/// Everything a store holds but what differs from start to start: instants of publication and of runs, owners, leases, epochs. Runs are named by
/// their days, since a transaction that was rolled back may leave a gap in the numbers.
/// </summary>
public static class StoredRows
{
    private static readonly string[] OfRuns = ["daily_totals", "late_totals", "priced_lines", "rankings"];

    private static readonly Dictionary<string, string> Columns = new(StringComparer.Ordinal)
    {
        ["daily_totals"] = "meter, item_id, payee_id, quantity, events",
        ["late_totals"] = "meter, item_id, payee_id, own_day, quantity, events",
        ["priced_lines"] = "meter, item_id, payee_id, quantity, cumulative_before, cumulative_after, rate_scope, rate_version, exact_amount, amount, currency, currency_digits",
        ["rankings"] = "period, meter, place, item_id, payee_id, quantity",
    };

    /// <summary>Reads all tables.</summary>
    public static async Task<string> DumpAsync(StoreUnderTest store)
    {
        var text = new StringBuilder();
        await AddAsync("billable_events", "SELECT occurred_at, event_id, meter, item_id, payee_id, quantity, counted_on, reason, reference FROM billable_events ORDER BY 1, 2");
        await AddAsync("event_notes", "SELECT meter, item_id, occurred_at, event_id FROM event_notes ORDER BY 1, 2, 3, 4");
        await AddAsync("business_days", "SELECT day, state, ends_at, calendar, revision FROM business_days ORDER BY 1");
        foreach (var table in OfRuns)
        {
            var columns = string.Join(", ", Columns[table].Split(", ").Select(c => $"t.{c}"));
            await AddAsync(table, $"SELECT d.day, {columns} FROM {table} t JOIN business_days d ON d.run_id = t.run_id ORDER BY 1, 2, 3, 4, 5");
            await AddAsync($"{table} of no day", $"SELECT count(*) FROM {table} WHERE run_id NOT IN (SELECT run_id FROM business_days WHERE run_id IS NOT NULL)");
        }

        await AddAsync(
            "item_counters",
            """
            SELECT c.meter, c.item_id, d.day, c.day, c.payee_id, c.quantity, c.life, c.year, c.month, c.week, c.paid_exact, c.paid_amount, c.earlier_day,
                   c.earlier_payee, c.earlier_exact, c.earlier_amount
            FROM item_counters c LEFT JOIN business_days d ON d.run_id = c.run_id ORDER BY 1, 2
            """);
        await AddAsync("rate_versions", "SELECT meter, scope, version, first_day, definition FROM rate_versions ORDER BY 1, 2, 3");
        await AddAsync("adjustments", "SELECT counted_on, own_day, meter, item_id, payee_id, quantity, events FROM adjustments ORDER BY 1, 2, 3, 4, 5");
        await AddAsync("partial_totals", "SELECT count(*) FROM partial_totals");
        await AddAsync("chunk_sums", "SELECT count(*) FROM chunk_sums");
        await AddAsync("runs", "SELECT d.day, r.state, r.failure, r.fingerprint FROM pipeline_runs r LEFT JOIN business_days d ON d.run_id = r.run_id ORDER BY 1");
        await AddAsync(
            "chunks",
            """
            SELECT d.day, c.step, c.chunk, c.bounds, c.done, s.chunks FROM pipeline_chunks c JOIN pipeline_steps s ON s.run_id = c.run_id AND s.step = c.step
            LEFT JOIN business_days d ON d.run_id = c.run_id ORDER BY 1, 2, 3
            """);
        return text.ToString();

        async Task AddAsync(string name, string sql)
        {
            text.Append("== ").Append(name).Append('\n');
            foreach (var row in await store.ReadAsync(sql))
                text.Append(row).Append('\n');
        }
    }
}
