using Dapper;
using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Stores adjustments: differences between published days and their sources that were posted or accepted.</summary>
internal sealed class SqliteAdjustmentStore(SqliteDatabase database) : IAdjustmentStore
{
    private const string Select =
        "SELECT usage_date, posting_date, meter, item_id, payee_id, quantity, events, reason, decided_by FROM adjustments";
    private const string Order = "ORDER BY usage_date, meter, item_id, payee_id, adjustment_id";

    public Task<IReadOnlyList<Adjustment>> ListPostedOnAsync(DateOnly postingDate, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        return Task.FromResult<IReadOnlyList<Adjustment>>(Read(connection, $"{Select} WHERE posting_date = ? {Order}", postingDate));
    }

    public Task<(int Revision, IReadOnlyList<Adjustment> Adjustments)> ListByUsageDateAsync(
        DateOnly usageDate, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        using var snapshot = connection.BeginTransaction(deferred: true);
        var revision = connection.ExecuteScalar<int>(
            "SELECT revision FROM business_days WHERE day = @day", new { day = DayText.From(usageDate) }, snapshot);
        return Task.FromResult<(int, IReadOnlyList<Adjustment>)>(
            (revision, Read(connection, $"{Select} WHERE usage_date = ? {Order}", usageDate)));
    }

    public Task<DateOnly?> AddAsync(
        DateOnly usageDate, int revision, IReadOnlyList<Adjustment> posted, IReadOnlyList<Adjustment> accepted,
        CancellationToken cancellationToken) =>
        database.WriteAsync<DateOnly?>(
            async (connection, transaction) =>
            {
                if (!DayRevision.Advance(connection, usageDate, revision))
                    return null;

                // The write lock is held, so no close can start before this transaction commits.
                var last = await connection.ExecuteScalarAsync<string>("SELECT max(day) FROM business_days", transaction: transaction)
                    .ConfigureAwait(false);
                var open = DayText.Parse(last!).AddDays(1);
                Insert(connection, usageDate, DayText.From(open), posted);
                Insert(connection, usageDate, null, accepted);
                return open;
            },
            cancellationToken);

    /// <summary>Inserts adjustments of a usage date. Without a posting date they are accepted differences, which are not posted.</summary>
    internal static void Insert(SqliteConnection connection, DateOnly usageDate, string? postingDate, IReadOnlyList<Adjustment> adjustments)
    {
        using var insert = new SqliteStatement(connection, """
            INSERT INTO adjustments (usage_date, posting_date, meter, item_id, payee_id, quantity, events, reason, decided_by)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """);
        insert.Bind(1, DayText.From(usageDate)).Bind(2, postingDate);
        foreach (var adjustment in adjustments)
        {
            insert.Bind(3, adjustment.Meter).Bind(4, adjustment.ItemId).Bind(5, adjustment.PayeeId).Bind(6, adjustment.Quantity)
                .Bind(7, adjustment.Events).Bind(8, adjustment.Reason).Bind(9, adjustment.By).Execute();
        }
    }

    private static List<Adjustment> Read(SqliteConnection connection, string sql, DateOnly day)
    {
        using var row = new SqliteStatement(connection, sql);
        row.Bind(1, DayText.From(day));
        var adjustments = new List<Adjustment>();
        while (row.Step())
        {
            adjustments.Add(new Adjustment(
                DayText.Parse(row.Text(0)), row.IsNull(1) ? null : DayText.Parse(row.Text(1)), row.Text(2), row.Text(3), row.Text(4),
                row.Int64(5), row.Int64(6), row.Text(7), row.IsNull(8) ? null : row.Text(8)));
        }

        return adjustments;
    }
}
