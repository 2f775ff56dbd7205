using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using Dapper;
using Microsoft.Data.Sqlite;
using Settlement.Calendars;
using Settlement.Sums;
using Settlement.Lines;
using Settlement.Rates;
using Settlement.Sqlite.Connections;

namespace Settlement.Sqlite.Lines;

/// <summary>Lines, counters, and the rate versions that priced.</summary>
internal sealed class SqlitePricedLineStore(SqliteDatabase database) : IPricedLineStore
{
    private static readonly string[] ItemKey = ["meter", "item_id"];

    public Task<IReadOnlyDictionary<(string Meter, string ItemId), ItemCounter>> ReadCountersAsync(
        long runId, DateOnly day, string bounds, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        var keys = KeyRange.Parse(bounds);

        // CROSS JOIN: looks up the counters of the day's items, however many items there ever were.
        using var row = new SqliteStatement(connection, $"""
            SELECT c.meter, c.item_id, c.day, c.payee_id, c.quantity, c.life, c.year, c.month, c.week,
                   c.paid_exact, c.paid_amount, c.earlier_day, c.earlier_payee, c.earlier_exact, c.earlier_amount,
                   d.day, l.payee_id, l.rate_scope, l.rate_version, l.cumulative_after
            FROM (SELECT DISTINCT meter, item_id FROM partial_totals WHERE run_id = ? AND {keys.Condition(ItemKey)}) p
            CROSS JOIN item_counters c ON c.meter = p.meter AND c.item_id = p.item_id
            LEFT JOIN business_days d ON d.state = 'published' AND d.day = CASE WHEN c.day = ? THEN c.earlier_day ELSE c.day END
            LEFT JOIN priced_lines l ON l.run_id = d.run_id AND l.meter = c.meter AND l.item_id = c.item_id
                AND l.payee_id = CASE WHEN c.day = ? THEN c.earlier_payee ELSE c.payee_id END
            """);
        row.Bind(1, runId);
        var next = keys.Bind(row, 2);
        row.Bind(next, DayText.From(day)).Bind(next + 1, DayText.From(day));
        var counters = new Dictionary<(string Meter, string ItemId), ItemCounter>();
        while (row.Step())
        {
            var counter = new ItemCounter(
                row.Text(0), row.Text(1), DayText.Parse(row.Text(2)), row.Text(3), row.Int64(4), row.Int64(5), row.Int64(6), row.Int64(7),
                row.Int64(8), new PaidSoFar(Amount(row.Text(9)), Amount(row.Text(10))), row.IsNull(11) ? null : new EarlierDay(
                    DayText.Parse(row.Text(11)), row.Text(12), new PaidSoFar(Amount(row.Text(13)), Amount(row.Text(14)))))
            {
                LastLine = row.IsNull(19) ? null : new LastLine(DayText.Parse(row.Text(15)), row.Text(16), row.Text(17), row.Text(18), row.Int64(19)),
            };
            counters.Add((counter.Meter, counter.ItemId), counter);
        }

        return Task.FromResult<IReadOnlyDictionary<(string Meter, string ItemId), ItemCounter>>(counters);
    }

    public Task WriteAsync(
        DbTransaction transaction, long runId, IReadOnlyList<PricedLine> lines, IReadOnlyList<ItemCounter> counters,
        CancellationToken cancellationToken)
    {
        var connection = (SqliteConnection)transaction.Connection!;
        using var insertLine = new SqliteStatement(connection, """
            INSERT INTO priced_lines (run_id, meter, item_id, payee_id, quantity, cumulative_before, cumulative_after, rate_scope, rate_version,
                                      exact_amount, amount, currency, currency_digits)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """);
        foreach (var line in lines)
        {
            insertLine.Bind(1, runId).Bind(2, line.Meter).Bind(3, line.ItemId).Bind(4, line.PayeeId).Bind(5, line.Quantity)
                .Bind(6, line.CumulativeBefore).Bind(7, line.CumulativeAfter).Bind(8, line.RateScope).Bind(9, line.RateVersion)
                .Bind(10, Text(line.ExactAmount)).Bind(11, Text(line.Amount)).Bind(12, line.Currency.Code)
                .Bind(13, line.Currency.MinorUnitDigits).Execute();
        }

        using var putCounter = new SqliteStatement(connection, """
            INSERT OR REPLACE INTO item_counters (meter, item_id, run_id, day, payee_id, quantity, life, year, month, week,
                                                  paid_exact, paid_amount, earlier_day, earlier_payee, earlier_exact, earlier_amount)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """);
        foreach (var counter in counters)
        {
            putCounter.Bind(1, counter.Meter).Bind(2, counter.ItemId).Bind(3, runId).Bind(4, DayText.From(counter.Day)).Bind(5, counter.PayeeId)
                .Bind(6, counter.Quantity).Bind(7, counter.Life).Bind(8, counter.Year).Bind(9, counter.Month).Bind(10, counter.Week)
                .Bind(11, Text(counter.Paid.Exact)).Bind(12, Text(counter.Paid.Amount));
            var earlier = counter.Earlier;
            putCounter.Bind(13, earlier is null ? null : DayText.From(earlier.Day)).Bind(14, earlier?.PayeeId)
                .Bind(15, earlier is null ? null : Text(earlier.Paid.Exact)).Bind(16, earlier is null ? null : Text(earlier.Paid.Amount)).Execute();
        }

        return Task.CompletedTask;
    }

    public async Task<(IReadOnlyList<LineCheck> Meters, long LinesOfPayees)> CheckAsync(
        DbTransaction transaction, long runId, CancellationToken cancellationToken)
    {
        // In two parts, since all items of a meter together may have more units than an integer holds.
        var meters = await transaction.Connection!.QueryAsync<(string Meter, long Lines, long High, long Low, long CountedHigh, long CountedLow)>(
            """
            SELECT meter, count(*), sum(quantity / 1000000000), sum(quantity % 1000000000),
                   sum((cumulative_after - cumulative_before) / 1000000000), sum((cumulative_after - cumulative_before) % 1000000000)
            FROM priced_lines WHERE run_id = @runId GROUP BY meter ORDER BY meter
            """,
            new { runId }, transaction).ConfigureAwait(false);
        var ofPayees = await transaction.Connection!.ExecuteScalarAsync<long>(
            "SELECT count(*) FROM priced_lines INDEXED BY priced_lines_by_payee WHERE run_id = @runId", new { runId }, transaction).ConfigureAwait(false);
        return ([.. meters.Select(m => new LineCheck(
            m.Meter, m.Lines, m.High * 1_000_000_000m + m.Low, m.CountedHigh * 1_000_000_000m + m.CountedLow))], ofPayees);
    }

    public async Task TakeBackAsync(DbTransaction transaction, DateOnly day, long runId, CancellationToken cancellationToken)
    {
        foreach (var meter in CounterMeters.Read((SqliteConnection)transaction.Connection!))
        {
            await transaction.Connection!.ExecuteAsync(
                """
                DELETE FROM item_counters WHERE meter = @meter AND day = @day AND run_id <> @runId AND earlier_day IS NULL;
                UPDATE item_counters
                SET day = earlier_day, payee_id = earlier_payee, life = life - quantity, year = year - quantity, month = month - quantity,
                    week = week - quantity, quantity = 0, paid_exact = earlier_exact, paid_amount = earlier_amount
                WHERE meter = @meter AND day = @day AND run_id <> @runId;
                """,
                new { meter, day = DayText.From(day), runId }, transaction).ConfigureAwait(false);
        }
    }

    public async Task<IReadOnlyList<RecordedRate>> ListRecordedRatesAsync(CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        var recorded = await connection.QueryAsync<(string Meter, string Scope, string Version, string FirstDay, string Definition)>(
            "SELECT meter, scope, version, first_day, definition FROM rate_versions ORDER BY meter, scope, version").ConfigureAwait(false);
        return [.. recorded.Select(r => new RecordedRate(r.Meter, r.Scope, r.Version, DayText.Parse(r.FirstDay), r.Definition))];
    }

    public Task RecordRatesAsync(DbTransaction transaction, IReadOnlyList<RecordedRate> versions, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteAsync(
            """
            INSERT INTO rate_versions (meter, scope, version, first_day, definition) VALUES (@Meter, @Scope, @Version, @firstDay, @Definition)
            ON CONFLICT DO NOTHING
            """,
            versions.Select(v => new { v.Meter, v.Scope, v.Version, firstDay = DayText.From(v.FirstDay), v.Definition }), transaction);

    public async IAsyncEnumerable<PricedLine> ReadAsync(
        DateRange days, ItemFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        var reader = await connection.ExecuteReaderAsync(
            PublishedRows.Select(
                "t.meter, t.item_id, t.payee_id, t.quantity, t.cumulative_before, t.cumulative_after, t.rate_scope, t.rate_version, "
                + "t.exact_amount, t.amount, t.currency, t.currency_digits", "priced_lines", filter),
            PublishedRows.Parameters(days, filter)).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            Currency? currency = null;
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                var (code, digits) = (reader.GetString(11), reader.GetInt32(12));
                if (currency is null || currency.Code != code || currency.MinorUnitDigits != digits)
                    currency = new Currency(code, digits);
                yield return new PricedLine(
                    DayText.Parse(reader.GetString(0)), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt64(4),
                    reader.GetInt64(5), reader.GetInt64(6), reader.GetString(7), reader.GetString(8), Amount(reader.GetString(9)),
                    Amount(reader.GetString(10)), currency);
            }
        }
    }

    /// <summary>As many decimals as it needs, so that equal amounts are equal texts.</summary>
    private static string Text(decimal amount) => amount.ToString("0.############################", CultureInfo.InvariantCulture);

    private static decimal Amount(string text) => decimal.Parse(text, NumberStyles.Number, CultureInfo.InvariantCulture);
}
