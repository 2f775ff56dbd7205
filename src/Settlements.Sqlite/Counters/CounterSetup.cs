using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Writes counters outside of a run: opening counts, counters of an added period, and the rebuilding of all counters.</summary>
internal static class CounterSetup
{
    public static List<(string Meter, CounterPeriod Period)> ListPeriods(SqliteConnection connection)
    {
        var periods = new List<(string, CounterPeriod)>();
        using var row = new SqliteStatement(connection, "SELECT meter, period FROM counter_periods ORDER BY meter, period");
        while (row.Step())
            periods.Add((row.Text(0), CounterPeriodText.Parse(row.Text(1))));
        return periods;
    }

    /// <summary>Adds a period to a meter and computes its counters from the published lines of a range of usage dates.</summary>
    /// <returns>The number of counters written; 0 when the meter already has the period.</returns>
    public static int BeginPeriod(
        SqliteConnection connection, CounterInstance instance, DateRange days, CancellationToken cancellationToken)
    {
        if (!AddPeriod(connection, instance.Meter, instance.Period))
            return 0;

        var counters = Compute(connection, instance, days, null, null, cancellationToken);
        Write(connection, counters);
        return counters.Count;
    }

    /// <summary>Computes the counters of a period from the published lines of a range of usage dates, and from opening counts.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="instance">The period.</param>
    /// <param name="days">Its usage dates.</param>
    /// <param name="first">The first item; null for all.</param>
    /// <param name="last">The last item, included; null for all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static List<ItemCounter> Compute(
        SqliteConnection connection, CounterInstance instance, DateRange days, string? first, string? last,
        CancellationToken cancellationToken)
    {
        var counters = new SortedDictionary<string, Int128>(Utf8Order.Instance);
        if (instance.Period == CounterPeriod.Lifetime)
        {
            foreach (var opening in ListOpening(connection).Where(o => o.Instance.Meter == instance.Meter))
                counters[opening.ItemId] = opening.Quantity;
        }

        using var line = new SqliteStatement(connection, $"""
            SELECT t.item_id, t.quantity FROM business_days d CROSS JOIN settlement_lines t ON t.run_id = d.run_id
            WHERE d.state = 'published' AND t.meter = ? AND t.usage_date BETWEEN ? AND ?
                {(first is null ? "" : "AND t.item_id BETWEEN ? AND ?")}
            """);
        line.Bind(1, instance.Meter).Bind(2, DayText.From(days.First)).Bind(3, DayText.From(days.Last));
        if (first is not null)
            line.Bind(4, first).Bind(5, last!);
        var item = new RepeatedText();
        while (line.Step())
        {
            cancellationToken.ThrowIfCancellationRequested();
            item.Read(line.Bytes(0));
            counters[item.Text] = counters.GetValueOrDefault(item.Text) + line.Int64(1);
        }

        // A counter at either end of the range quarantines its item, so clamping loses nothing.
        return [.. counters.Select(c => new ItemCounter(instance, c.Key, (long)Int128.Clamp(c.Value, long.MinValue, long.MaxValue)))];
    }

    /// <summary>Replaces all counters, volume units and rounding sums.</summary>
    /// <returns>The number of rows written.</returns>
    public static int ReplaceAll(
        SqliteConnection connection, IReadOnlyList<ItemCounter> counters, IReadOnlyList<(VolumeKey Key, VolumeSum Sum)> volume,
        IReadOnlyList<(RoundingKey Key, decimal ExactAmount)> rounding)
    {
        foreach (var table in (string[])["item_counters", "volume_units", "rounding_sums", "counter_totals"])
        {
            using var delete = new SqliteStatement(connection, $"DELETE FROM {table}");
            delete.Execute();
        }

        foreach (var (meter, period) in counters.Select(c => (c.Instance.Meter, c.Instance.Period)).Distinct().ToList())
            AddPeriod(connection, meter, period);
        Write(connection, counters);
        CounterRows.Write(connection, 0, volume.Select(v => new VolumeChange(v.Key, v.Sum, null)));
        CounterRows.Write(connection, 0, rounding.Select(r => new RoundingChange(r.Key, r.ExactAmount, null)));
        CounterTotals.Record(
            connection,
            volume.GroupBy(v => (v.Key.Meter, Name: $"{CounterTotals.Volume}{v.Key.RateScope} {v.Key.RateVersion}"))
                .Select(v => (v.Key.Meter, v.Key.Name, "", (long)v.Count(), v.Sum(row => row.Sum.ExactAmount)))
                .Concat(rounding.GroupBy(r => (r.Key.Meter, Name: CounterTotals.Rounding + r.Key.Currency))
                    .Select(r => (r.Key.Meter, r.Key.Name, "", (long)r.Count(), r.Sum(row => row.ExactAmount)))));
        return counters.Count + volume.Count + rounding.Count;
    }

    public static List<ItemCounter> ListOpening(SqliteConnection connection)
    {
        var counters = new List<ItemCounter>();
        using var row = new SqliteStatement(connection, "SELECT meter, item_id, quantity FROM opening_counters ORDER BY meter, item_id");
        while (row.Step())
        {
            counters.Add(new ItemCounter(
                new CounterInstance(row.Text(0), CounterPeriod.Lifetime, BusinessCalendar.FirstDay), row.Text(1), row.Int64(2)));
        }

        return counters;
    }

    /// <summary>Stores opening counts.</summary>
    /// <returns>The number of counters stored.</returns>
    /// <exception cref="InvalidOperationException">A day is closing or published, or opening counts exist.</exception>
    public static int AddOpening(SqliteConnection connection, IReadOnlyList<ItemCounter> counters, string by, long now)
    {
        using (var found = new SqliteStatement(
            connection, "SELECT (SELECT min(day) FROM business_days), (SELECT count(*) FROM opening_counters)"))
        {
            found.Step();
            if (!found.IsNull(0))
            {
                throw new InvalidOperationException(
                    $"Opening counts can't be imported any more: day {found.Text(0)} is closing or published. Import them into a new "
                    + "database, before its first close.");
            }

            if (found.Int64(1) > 0)
            {
                throw new InvalidOperationException(
                    FormattableString.Invariant(
                        $"Opening counts of {found.Int64(1)} items already exist. They are imported once, all together. ")
                    + "To change them, start with a new database.");
            }
        }

        using var insert = new SqliteStatement(
            connection, "INSERT INTO opening_counters (meter, item_id, quantity, imported_by, imported_at) VALUES (?, ?, ?, ?, ?)");
        insert.Bind(4, by).Bind(5, now);
        foreach (var counter in counters.OrderBy(c => c.Instance.Meter, Utf8Order.Instance).ThenBy(c => c.ItemId, Utf8Order.Instance))
            insert.Bind(1, counter.Instance.Meter).Bind(2, counter.ItemId).Bind(3, counter.Quantity).Execute();
        return counters.Count;
    }

    private static bool AddPeriod(SqliteConnection connection, string meter, CounterPeriod period)
    {
        using var insert = new SqliteStatement(
            connection, "INSERT INTO counter_periods (meter, period) VALUES (?, ?) ON CONFLICT DO NOTHING");
        return insert.Bind(1, meter).Bind(2, CounterPeriodText.Of(period)).Execute() == 1;
    }

    /// <summary>Writes counters that are in force immediately, with their totals.</summary>
    private static void Write(SqliteConnection connection, IEnumerable<ItemCounter> counters)
    {
        foreach (var instance in counters.GroupBy(c => c.Instance).OrderBy(i => i.Key.Meter, Utf8Order.Instance).ThenBy(i => i.Key.Start))
        {
            var items = instance.OrderBy(c => c.ItemId, Utf8Order.Instance).ToList();
            CounterRows.Write(connection, 0, items.Select(c => new CounterChange(c.Instance, c.ItemId, c.Quantity, null)));
            CounterTotals.Record(connection, [(
                instance.Key.Meter, CounterPeriodText.Of(instance.Key.Period), DayText.From(instance.Key.Start), items.Count,
                items.Aggregate(0m, (sum, counter) => sum + counter.Quantity))]);
        }
    }
}
