using Dapper;
using Microsoft.Data.Sqlite;
using Settlement.Sums;
using Settlement.Sqlite.Connections;

namespace Settlement.Sqlite.Sums;

/// <summary>Events found in closed days.</summary>
internal sealed class SqliteAdjustmentStore(SqliteDatabase database) : IAdjustmentStore
{
    private const string Select = "SELECT own_day, counted_on, meter, item_id, payee_id, quantity, events FROM adjustments";
    private const string Order = "ORDER BY own_day, counted_on, meter, item_id, payee_id";

    public Task<IReadOnlyList<Adjustment>> ListCountedOnAsync(DateOnly countedOn, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        return Task.FromResult(Read(connection, $"{Select} WHERE counted_on = @day {Order}", countedOn));
    }

    public Task<(int Revision, IReadOnlyList<Adjustment> Adjustments)> ListOfAsync(DateOnly ownDay, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        using var snapshot = connection.BeginTransaction(deferred: true);
        var revision = connection.ExecuteScalar<int>("SELECT revision FROM business_days WHERE day = @day", new { day = DayText.From(ownDay) }, snapshot);
        return Task.FromResult((revision, Read(connection, $"{Select} WHERE own_day = @day {Order}", ownDay, snapshot)));
    }

    public Task<DateOnly?> AddAsync(DateOnly ownDay, int revision, IReadOnlyList<Adjustment> found, CancellationToken cancellationToken) =>
        database.WriteAsync<DateOnly?>(
            async (connection, transaction) =>
            {
                var own = DayText.From(ownDay);
                var isFirst = await connection.ExecuteAsync(
                    "UPDATE business_days SET revision = revision + 1 WHERE day = @own AND state = 'published' AND revision = @revision",
                    new { own, revision }, transaction).ConfigureAwait(false) == 1;
                if (!isFirst)
                    return null;

                // The write lock is held, so no day can begin to close before this is committed.
                var last = await connection.ExecuteScalarAsync<string>("SELECT max(day) FROM business_days", transaction: transaction).ConfigureAwait(false);
                var open = DayText.Parse(last!).AddDays(1);
                await connection.ExecuteAsync(
                    """
                    INSERT INTO adjustments (counted_on, own_day, meter, item_id, payee_id, quantity, events)
                    VALUES (@open, @own, @Meter, @ItemId, @PayeeId, @Quantity, @Events)
                    ON CONFLICT DO UPDATE SET quantity = quantity + excluded.quantity, events = events + excluded.events
                    """,
                    found.Select(f => new { open = DayText.From(open), own, f.Meter, f.ItemId, f.PayeeId, f.Quantity, f.Events }), transaction)
                    .ConfigureAwait(false);
                return open;
            },
            cancellationToken);

    private static IReadOnlyList<Adjustment> Read(SqliteConnection connection, string sql, DateOnly day, SqliteTransaction? transaction = null) =>
        [.. connection.Query<(string OwnDay, string CountedOn, string Meter, string ItemId, string PayeeId, long Quantity, long Events)>(
                sql, new { day = DayText.From(day) }, transaction)
            .Select(r => new Adjustment(
                DayText.Parse(r.OwnDay), DayText.Parse(r.CountedOn), r.Meter, r.ItemId, r.PayeeId, r.Quantity, r.Events))];
}
