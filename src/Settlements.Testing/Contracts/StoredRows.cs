using System.Text;

namespace Settlements.Testing;

/// <summary>
/// Reads the rows of a store, except values that differ between executions: instants of publication and of runs, owners, leases, fencing
/// tokens. Runs are identified by their days, because a rolled back transaction may leave a gap in the run ids.
/// </summary>
public static class StoredRows
{
    private static readonly Dictionary<string, string> OfRuns = new(StringComparer.Ordinal)
    {
        ["settlement_lines"] =
            "meter, item_id, payee_id, usage_date, kind, restates, quantity, events, counter_before, counter_after, rate_scope, "
            + "rate_version, exact_amount, "
            + "amount, currency, currency_digits",
        ["quarantined_usage"] = "meter, item_id, payee_id, usage_date, quantity, events, reason",
        ["rankings"] = "period, meter, place, item_id, payee_id, quantity",
    };

    /// <summary>Tables whose rows record the run that wrote them and the previous value.</summary>
    private static readonly Dictionary<string, string> OfCounters = new(StringComparer.Ordinal)
    {
        ["item_counters"] = "meter, period, period_start, item_id, quantity, previous",
        ["volume_units"] = "meter, item_id, rate_scope, rate_version, period_start, payee_id, units, "
            + "exact_amount, previous_units, previous_exact",
        ["rounding_sums"] = "meter, item_id, payee_id, currency, exact_amount, previous_exact",
    };

    /// <summary>Tables whose rows don't depend on runs.</summary>
    private static readonly Dictionary<string, string> Others = new(StringComparer.Ordinal)
    {
        ["usage_events"] = "occurred_at, event_id, meter, item_id, payee_id, quantity, posting_date, reason, reference",
        ["event_notes"] = "meter, item_id, occurred_at, event_id",
        ["business_days"] = "day, state, starts_at, ends_at, calendar, revision",
        ["day_totals"] = "day, meter, line_count, events, quantity",
        ["day_amounts"] = "day, currency, amount",
        ["counter_totals"] = "meter, name, period_start, row_count, total",
        ["counter_periods"] = "meter, period",
        ["opening_counters"] = "meter, item_id, quantity, imported_by",
        ["rate_versions"] = "meter, scope, version, first_day, definition, in_force_from, is_superseding",
        ["recorded_sources"] = "source, meter, first_day, definition, counted_from",
        ["adjustments"] = "posting_date, usage_date, meter, item_id, payee_id, quantity, events, reason, decided_by",
        ["exclusion_entries"] = "proposal_id, usage_date, meter, item_id, payee_id, quantity, events",
        ["excluded_events"] = "event_id, exclusion_event_id, proposal_id",
        ["restatement_entries"] = "proposal_id, entry, meter, item_id, payee_id, usage_date, restates, "
            + "quantity, events, units, old_exact, new_exact",
    };

    /// <summary>Reads all tables as text.</summary>
    public static async Task<string> DumpAsync(StoreUnderTest store)
    {
        var text = new StringBuilder();
        foreach (var (table, columns) in OfRuns)
        {
            var ofTable = string.Join(", ", columns.Split(", ").Select(c => $"t.{c}"));
            await AddAsync(
                table, $"SELECT d.day, {ofTable} FROM {table} t JOIN business_days d ON d.run_id = t.run_id ORDER BY 1, 2, 3, 4, 5, 6, 7");
            await AddAsync(
                $"{table} of no day",
                $"SELECT count(*) FROM {table} WHERE run_id NOT IN (SELECT run_id FROM business_days WHERE run_id IS NOT NULL)");
        }

        foreach (var (table, columns) in OfCounters)
        {
            var ofTable = string.Join(", ", columns.Split(", ").Select(c => $"t.{c}"));
            await AddAsync(
                table,
                $"SELECT d.day, {ofTable} FROM {table} t LEFT JOIN business_days d ON d.run_id = t.run_id ORDER BY 2, 3, 4, 5, 6, 7");
        }

        foreach (var (table, columns) in Others)
            await AddAsync(table, $"SELECT {columns} FROM {table} ORDER BY "
                + $"{string.Join(", ", Enumerable.Range(1, Math.Min(6, columns.Split(", ").Length)))}");
        await AddAsync("partial_sums", "SELECT count(*) FROM partial_sums");
        await AddAsync("control_totals", "SELECT count(*) FROM control_totals");
        await AddAsync("runs", "SELECT d.day, r.state, r.failure, r.fingerprint FROM pipeline_runs r "
            + "LEFT JOIN business_days d ON d.run_id = r.run_id ORDER BY 1");
        await AddAsync(
            "chunks",
            """
            SELECT d.day, c.step, c.chunk, c.bounds, c.done, s.chunks FROM pipeline_chunks c
                JOIN pipeline_steps s ON s.run_id = c.run_id AND s.step = c.step
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
