using MySqlConnector;
using Settlement.MySql.Connections;
using Settlement.Lines;

namespace Settlement.MySql.Lines;

/// <summary>Lines on their way into the table. What all lines of a chunk have alike, as nearly always the rate and the currency, is sent once.</summary>
internal static class LineRows
{
    private static readonly BulkTable Table = BulkTable.Of(
        "priced_lines", "run_id", "meter", "item_id", "payee_id", "quantity", "cumulative_before", "cumulative_after", "rate_scope", "rate_version",
        "exact_amount", "amount", "currency", "currency_digits");

    public static Task WriteAsync(
        BulkInsert bulk, MySqlTransaction transaction, long runId, IReadOnlyList<PricedLine> lines, CancellationToken cancellationToken)
    {
        if (lines.Count == 0)
            return Task.CompletedTask;
        var first = lines[0];
        var isUniform = lines.All(l =>
            l.Meter == first.Meter && l.RateScope == first.RateScope && l.RateVersion == first.RateVersion && l.Currency.Equals(first.Currency));
        var table = Table.With(("run_id", Sql.Literal(runId)));
        if (isUniform)
        {
            table = table.With(
                ("meter", Sql.Literal(first.Meter)), ("rate_scope", Sql.Literal(first.RateScope)), ("rate_version", Sql.Literal(first.RateVersion)),
                ("currency", Sql.Literal(first.Currency.Code)), ("currency_digits", Sql.Literal(first.Currency.MinorUnitDigits)));
        }

        var rows = new ListRows<PricedLine>(lines, (row, line) => Write(row, line, isUniform));
        return bulk.WriteAllAsync(transaction.Connection!, transaction, table, rows, lines.Count, cancellationToken);
    }

    private static void Write(RowBuffer row, PricedLine line, bool isUniform)
    {
        if (!isUniform)
            row.Text(line.Meter);
        row.Text(line.ItemId);
        row.Text(line.PayeeId);
        row.Int64(line.Quantity);
        row.Int64(line.CumulativeBefore);
        row.Int64(line.CumulativeAfter);
        if (!isUniform)
        {
            row.Text(line.RateScope);
            row.Text(line.RateVersion);
        }

        row.Decimal(line.ExactAmount);
        row.Decimal(line.Amount);
        if (!isUniform)
        {
            row.Text(line.Currency.Code);
            row.Int64(line.Currency.MinorUnitDigits);
        }
    }
}
