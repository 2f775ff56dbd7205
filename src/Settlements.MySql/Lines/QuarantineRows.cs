using System.Globalization;
using Dapper;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Rows of the table quarantined_usage: usage that could not be priced.</summary>
internal static class QuarantineRows
{
    private static readonly BulkTable Table = BulkTable.Of(
        "quarantined_usage", "run_id", "meter", "item_id", "payee_id", "usage_date", "quantity", "events", "reason");

    public static Task WriteAsync(
        BulkInsert bulk, MySqlTransaction transaction, long runId, IReadOnlyList<QuarantinedUsage> usage,
        CancellationToken cancellationToken)
    {
        var rows = new ListRows<QuarantinedUsage>(usage, (row, one) =>
        {
            row.Text(one.Meter);
            row.Text(one.ItemId);
            row.Text(one.PayeeId);
            row.Day(one.UsageDate);
            row.Text(one.Quantity.ToString(CultureInfo.InvariantCulture));
            row.Int64(one.Events);
            row.Text(one.Reason);
        });
        return bulk.WriteAllAsync(
            transaction.Connection!, transaction, Table.With(("run_id", Sql.Literal(runId))), rows, usage.Count, useInsert: true,
            cancellationToken);
    }

    public static Task<IReadOnlyList<QuarantinedUsage>> ListAsync(
        MySqlConnection connection, DateOnly day, CancellationToken cancellationToken) => ListAsync(
        connection,
        "FROM business_days d STRAIGHT_JOIN quarantined_usage q ON q.run_id = d.run_id WHERE d.day = @day AND d.state = 'published'",
        new { day = Sql.Day(day) }, cancellationToken);

    public static Task<IReadOnlyList<QuarantinedUsage>> ListAsync(
        MySqlConnection connection, long runId, CancellationToken cancellationToken) => ListAsync(
        connection, "FROM quarantined_usage q WHERE q.run_id = @runId", new { runId }, cancellationToken);

    private static async Task<IReadOnlyList<QuarantinedUsage>> ListAsync(
        MySqlConnection connection, string from, object parameters, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(
            string Meter, string ItemId, string PayeeId, DateTime UsageDate, string Quantity, long Events, string Reason)>(
            new CommandDefinition(
                $"""
                SELECT {Rows.Text("q.meter")}, {Rows.Text("q.item_id")}, {Rows.Text("q.payee_id")}, q.usage_date, CAST(q.quantity AS CHAR),
                    q.events,
                       {Rows.Text("q.reason")}
                {from} ORDER BY q.meter, q.item_id, q.payee_id, q.usage_date
                """,
                parameters, cancellationToken: cancellationToken)).ConfigureAwait(false);
        return [.. rows.Select(r => new QuarantinedUsage(
            r.Meter, r.ItemId, r.PayeeId, Sql.Day(r.UsageDate), Int128.Parse(r.Quantity, CultureInfo.InvariantCulture), r.Events,
            r.Reason))];
    }

    public static async Task<IReadOnlyList<ControlTotal>> SumAsync(
        MySqlConnection connection, MySqlTransaction transaction, long runId, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(string Meter, decimal Events, decimal Quantity, long Sums)>(new CommandDefinition(
            $"SELECT {Rows.Text("meter")}, sum(events), sum(quantity), count(*) FROM quarantined_usage WHERE run_id = @runId GROUP BY "
                + $"quarantined_usage.meter",
            new { runId }, transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);
        return [.. rows.Select(r => new ControlTotal(r.Meter, (long)r.Events, r.Quantity) { Sums = r.Sums })
            .OrderBy(t => t.Meter, Utf8Order.Instance)];
    }
}
