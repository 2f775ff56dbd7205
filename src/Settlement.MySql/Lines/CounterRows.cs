using Dapper;
using MySqlConnector;
using Settlement.MySql.Connections;
using Settlement.Lines;

namespace Settlement.MySql.Lines;

/// <summary>The items' counters.</summary>
internal static class CounterRows
{
    private static readonly BulkTable Table = BulkTable.Of(
        "item_counters", "meter", "item_id", "run_id", "day", "payee_id", "quantity", "life", "year", "month", "week", "paid_exact", "paid_amount",
        "earlier_day", "earlier_payee", "earlier_exact", "earlier_amount");

    public static async Task<IReadOnlyDictionary<(string Meter, string ItemId), ItemCounter>> ReadAsync(
        MySqlConnection connection, DateOnly day, ItemRange range, CancellationToken cancellationToken)
    {
        var parameters = new DynamicParameters();
        parameters.Add("day", Sql.Day(day));
        var reader = await connection.ExecuteReaderAsync(new CommandDefinition(
            $"""
            SELECT c.meter, c.item_id, c.day, c.payee_id, c.quantity, c.life, c.year, c.month, c.week, c.paid_exact, c.paid_amount, c.earlier_day,
                   c.earlier_payee, c.earlier_exact, c.earlier_amount, d.day, l.payee_id, l.rate_scope, l.rate_version, l.cumulative_after
            FROM item_counters c
            LEFT JOIN business_days d ON d.state = 'published' AND d.day = CASE WHEN c.day = @day THEN c.earlier_day ELSE c.day END
            LEFT JOIN priced_lines l ON l.run_id = d.run_id AND l.meter = c.meter AND l.item_id = c.item_id
                AND l.payee_id = CASE WHEN c.day = @day THEN c.earlier_payee ELSE c.payee_id END
            WHERE {range.Condition(parameters, "c.")}
            """,
            parameters, cancellationToken: cancellationToken)).ConfigureAwait(false);
        await using var _ = reader.ConfigureAwait(false);
        var counters = new Dictionary<(string Meter, string ItemId), ItemCounter>();
        var (meter, scope, version) = ("", "", "");
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var counter = new ItemCounter(
                reader.Text(0, ref meter), reader.Text(1), reader.Day(2), reader.Text(3), reader.GetInt64(4), reader.GetInt64(5),
                reader.GetInt64(6), reader.GetInt64(7), reader.GetInt64(8), new PaidSoFar(reader.Amount(9), reader.Amount(10)),
                reader.IsDBNull(11) ? null : new EarlierDay(reader.Day(11), reader.Text(12), new PaidSoFar(reader.Amount(13), reader.Amount(14))))
            {
                LastLine = reader.IsDBNull(19)
                    ? null
                    : new LastLine(reader.Day(15), reader.Text(16), reader.Text(17, ref scope), reader.Text(18, ref version), reader.GetInt64(19)),
            };
            counters.Add((counter.Meter, counter.ItemId), counter);
        }

        return counters;
    }

    public static async Task WriteAsync(
        BulkInsert bulk, MySqlTransaction transaction, long runId, IReadOnlyList<ItemCounter> counters, CancellationToken cancellationToken)
    {
        if (counters.Count == 0)
            return;

        // What all have alike is sent once: the day and the meter nearly always, nothing paid unless it telescopes, no earlier day for new items.
        var first = counters[0];
        var isUniform = counters.All(c => c.Meter == first.Meter && c.Day == first.Day);
        var isUnpaid = counters.All(c => c.Paid == default);
        var isNew = counters.All(c => c.Earlier is null);
        var table = Table.With(("run_id", Sql.Literal(runId)));
        if (isUniform)
            table = table.With(("meter", Sql.Literal(first.Meter)), ("day", Sql.Literal(first.Day)));
        if (isUnpaid)
            table = table.With(("paid_exact", "0"), ("paid_amount", "0"));
        if (isNew)
            table = table.With(("earlier_day", "NULL"), ("earlier_payee", "NULL"), ("earlier_exact", "NULL"), ("earlier_amount", "NULL"));
        var rows = new ListRows<ItemCounter>(counters, (row, counter) => Write(row, counter, isUniform, isUnpaid, isNew));
        var result = await bulk.WriteAsync(transaction.Connection!, transaction, table, OnDuplicate.Replace, rows, cancellationToken)
            .ConfigureAwait(false);
        if (result.Affected < counters.Count || result.Warnings != 0)
        {
            var warning = await WarningList.FirstAsync(transaction.Connection!, transaction, cancellationToken).ConfigureAwait(false);
            throw new MySqlStoreException(
                $"Table item_counters does not take counters as they are. {warning} Nothing of the chunk is stored. Its columns were changed by hand.",
                isTransient: false);
        }
    }

    private static void Write(RowBuffer row, ItemCounter counter, bool isUniform, bool isUnpaid, bool isNew)
    {
        if (!isUniform)
            row.Text(counter.Meter);
        row.Text(counter.ItemId);
        if (!isUniform)
            row.Day(counter.Day);
        row.Text(counter.PayeeId);
        row.Int64(counter.Quantity);
        row.Int64(counter.Life);
        row.Int64(counter.Year);
        row.Int64(counter.Month);
        row.Int64(counter.Week);
        if (!isUnpaid)
        {
            row.Decimal(counter.Paid.Exact);
            row.Decimal(counter.Paid.Amount);
        }

        if (!isNew)
            WriteEarlier(row, counter.Earlier);
    }

    private static void WriteEarlier(RowBuffer row, EarlierDay? earlier)
    {
        if (earlier is null)
        {
            for (var i = 0; i < 4; i++)
                row.Null();
            return;
        }

        row.Day(earlier.Day);
        row.Text(earlier.PayeeId);
        row.Decimal(earlier.Paid.Exact);
        row.Decimal(earlier.Paid.Amount);
    }
}
