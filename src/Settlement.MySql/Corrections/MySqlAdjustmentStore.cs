using Dapper;
using MySqlConnector;
using Settlement.Corrections;
using Settlement.MySql.Connections;

namespace Settlement.MySql.Corrections;

/// <summary>Differences between published days and their sources that were decided on.</summary>
internal sealed class MySqlAdjustmentStore(MySqlDatabase database) : IAdjustmentStore
{
    private static readonly BulkTable Table = BulkTable.Of(
        "adjustments", "usage_date", "posting_date", "meter", "item_id", "payee_id", "quantity", "events", "reason", "decided_by");

    private readonly BulkInsert _bulk = new(database.Server, database.Place, database.Options.CommandTimeout);

    public Task<IReadOnlyList<Adjustment>> ListPostedOnAsync(DateOnly postingDate, CancellationToken cancellationToken) => database.ReadAsync(
        connection => ReadAsync(connection, "posting_date", postingDate, cancellationToken), cancellationToken);

    public Task<(int Revision, IReadOnlyList<Adjustment> Adjustments)> ListOfAsync(DateOnly usageDate, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async connection =>
            {
                // The revision first: adjustments that come after it make it old, and then nothing is added by it.
                var revision = await connection.ExecuteScalarAsync<int>(new CommandDefinition(
                    "SELECT revision FROM business_days WHERE day = @day", new { day = Sql.Day(usageDate) }, cancellationToken: cancellationToken))
                    .ConfigureAwait(false);
                return (revision, await ReadAsync(connection, "usage_date", usageDate, cancellationToken).ConfigureAwait(false));
            },
            cancellationToken);

    public Task<DateOnly?> AddAsync(
        DateOnly usageDate, int revision, IReadOnlyList<Adjustment> posted, IReadOnlyList<Adjustment> accepted, CancellationToken cancellationToken) =>
        database.WriteAsync(
            (connection, transaction) => AddAsync(connection, transaction, usageDate, revision, posted, accepted, cancellationToken), cancellationToken);

    private async Task<DateOnly?> AddAsync(
        MySqlConnection connection, MySqlTransaction transaction, DateOnly usageDate, int revision, IReadOnlyList<Adjustment> posted,
        IReadOnlyList<Adjustment> accepted, CancellationToken cancellationToken)
    {
        await Gates.EnterAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
        var isFirst = await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE business_days SET revision = revision + 1 WHERE day = @day AND state = 'published' AND revision = @revision",
            new { day = Sql.Day(usageDate), revision }, transaction, cancellationToken: cancellationToken)).ConfigureAwait(false) == 1;
        if (!isFirst)
            return null;

        // The gate is held, so no day can begin to close before this is committed.
        var open = Sql.Day(await connection.ExecuteScalarAsync<DateTime>(new CommandDefinition(
            "SELECT max(day) FROM business_days", transaction: transaction, cancellationToken: cancellationToken)).ConfigureAwait(false)).AddDays(1);
        await InsertAsync(connection, transaction, usageDate, open, posted, cancellationToken).ConfigureAwait(false);
        await InsertAsync(connection, transaction, usageDate, null, accepted, cancellationToken).ConfigureAwait(false);
        return open;
    }

    public Task InsertAsync(
        MySqlConnection connection, MySqlTransaction transaction, DateOnly usageDate, DateOnly? postingDate, IReadOnlyList<Adjustment> adjustments,
        CancellationToken cancellationToken)
    {
        var table = Table.With(("usage_date", Sql.Literal(usageDate)), ("posting_date", postingDate is { } day ? Sql.Literal(day) : "NULL"));
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
        return _bulk.WriteAllAsync(connection, transaction, table, rows, adjustments.Count, areFew: true, cancellationToken);
    }

    private static async Task<IReadOnlyList<Adjustment>> ReadAsync(
        MySqlConnection connection, string column, DateOnly day, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"""
            SELECT a.usage_date AS UsageDate, a.posting_date AS PostingDate, {Rows.Text("a.meter")} AS Meter, {Rows.Text("a.item_id")} AS ItemId,
                   {Rows.Text("a.payee_id")} AS PayeeId, a.quantity AS Quantity, a.events AS Events, {Rows.Text("a.reason")} AS Reason,
                   {Rows.Text("a.decided_by")} AS DecidedBy
            FROM adjustments a WHERE a.{column} = @day ORDER BY a.usage_date, a.posting_date, a.meter, a.item_id, a.payee_id, a.adjustment_id
            """,
            new { day = Sql.Day(day) }, cancellationToken: cancellationToken)).ConfigureAwait(false);
        return [.. rows.Select(r => new Adjustment(
            Sql.Day(r.UsageDate), r.PostingDate is { } posted ? Sql.Day(posted) : null, r.Meter, r.ItemId, r.PayeeId, r.Quantity, r.Events, r.Reason,
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
