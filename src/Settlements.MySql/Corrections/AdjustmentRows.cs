using Dapper;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Rows of the table adjustments.</summary>
internal static class AdjustmentRows
{
    private static readonly BulkTable Table = BulkTable.Of(
        "adjustments", "usage_date", "posting_date", "meter", "item_id", "payee_id", "quantity", "events", "reason", "decided_by");

    /// <summary>Adds adjustments of a day; without a posting date they are accepted differences that are not posted.</summary>
    public static Task InsertAsync(
        BulkInsert bulk, MySqlTransaction transaction, DateOnly usageDate, DateOnly? postingDate, IReadOnlyList<Adjustment> adjustments,
        CancellationToken cancellationToken)
    {
        var table = Table.With(
            ("usage_date", Sql.Literal(usageDate)), ("posting_date", postingDate is { } day ? Sql.Literal(day) : "NULL"));
        var rows = new ListRows<Adjustment>(adjustments, (row, one) =>
        {
            row.Text(one.Meter);
            row.Text(one.ItemId);
            row.Text(one.PayeeId);
            row.Int64(one.Quantity);
            row.Int64(one.Events);
            row.Text(one.Reason);
            if (one.By is { } by)
                row.Text(by);
            else
                row.Null();
        });
        return bulk.WriteAllAsync(transaction.Connection!, transaction, table, rows, adjustments.Count, useInsert: true, cancellationToken);
    }

    public static async Task<IReadOnlyList<Adjustment>> ReadAsync(
        MySqlConnection connection, string column, DateOnly day, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"""
            SELECT a.usage_date AS UsageDate, a.posting_date AS PostingDate, {Rows.Text("a.meter")} AS Meter,
                {Rows.Text("a.item_id")} AS ItemId,
                   {Rows.Text("a.payee_id")} AS PayeeId, a.quantity AS Quantity, a.events AS Events, {Rows.Text("a.reason")} AS Reason,
                   {Rows.Text("a.decided_by")} AS DecidedBy
            FROM adjustments a WHERE a.{column} = @day ORDER BY a.usage_date, a.posting_date, a.meter, a.item_id, a.payee_id,
                a.adjustment_id
            """,
            new { day = Sql.Day(day) }, cancellationToken: cancellationToken)).ConfigureAwait(false);
        return [.. rows.Select(r => new Adjustment(
            Sql.Day(r.UsageDate), r.PostingDate is { } posted ? Sql.Day(posted) : null, r.Meter, r.ItemId, r.PayeeId, r.Quantity, r.Events,
            r.Reason,
            r.DecidedBy))];
    }

    private sealed class Row
    {
        public DateTime UsageDate { get; set; }

        public DateTime? PostingDate { get; set; }

        public string Meter { get; set; } = "";

        public string ItemId { get; set; } = "";

        public string PayeeId { get; set; } = "";

        public long Quantity { get; set; }

        public long Events { get; set; }

        public string Reason { get; set; } = "";

        public string? DecidedBy { get; set; }
    }
}
