using Dapper;
using MySqlConnector;
using Settlement.Sums;
using Settlement.MySql.Connections;

namespace Settlement.MySql.Sums;

/// <summary>Events found in closed days.</summary>
internal sealed class MySqlAdjustmentStore(MySqlDatabase database) : IAdjustmentStore
{
    private static readonly string Select =
        $"SELECT own_day, counted_on, {Rows.Text("meter")}, {Rows.Text("item_id")}, {Rows.Text("payee_id")}, quantity, events FROM adjustments";

    public Task<IReadOnlyList<Adjustment>> ListCountedOnAsync(DateOnly countedOn, CancellationToken cancellationToken) => database.ReadAsync(
        connection => ReadAsync(connection, "counted_on", countedOn, cancellationToken), cancellationToken);

    public Task<(int Revision, IReadOnlyList<Adjustment> Adjustments)> ListOfAsync(DateOnly ownDay, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async connection =>
            {
                // The revision first: adjustments that come after it make it old, and then nothing is added by it.
                var revision = await connection.ExecuteScalarAsync<int>(new CommandDefinition(
                    "SELECT revision FROM business_days WHERE day = @day", new { day = Sql.Day(ownDay) }, cancellationToken: cancellationToken))
                    .ConfigureAwait(false);
                return (revision, await ReadAsync(connection, "own_day", ownDay, cancellationToken).ConfigureAwait(false));
            },
            cancellationToken);

    public Task<DateOnly?> AddAsync(DateOnly ownDay, int revision, IReadOnlyList<Adjustment> found, CancellationToken cancellationToken) =>
        database.WriteAsync(
            (connection, transaction) => AddAsync(connection, transaction, ownDay, revision, found, cancellationToken), cancellationToken);

    private static async Task<DateOnly?> AddAsync(
        MySqlConnection connection, MySqlTransaction transaction, DateOnly ownDay, int revision, IReadOnlyList<Adjustment> found,
        CancellationToken cancellationToken)
    {
        await Gates.EnterAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
        var own = Sql.Day(ownDay);
        var isFirst = await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE business_days SET revision = revision + 1 WHERE day = @own AND state = 'published' AND revision = @revision",
            new { own, revision }, transaction, cancellationToken: cancellationToken)).ConfigureAwait(false) == 1;
        if (!isFirst)
            return null;

        // The gate is held, so no day can begin to close before this is committed.
        var open = Sql.Day(await connection.ExecuteScalarAsync<DateTime>(new CommandDefinition(
            "SELECT max(day) FROM business_days", transaction: transaction, cancellationToken: cancellationToken)).ConfigureAwait(false)).AddDays(1);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO adjustments (counted_on, own_day, meter, item_id, payee_id, quantity, events)
            VALUES (@open, @own, @Meter, @ItemId, @PayeeId, @Quantity, @Events)
            ON DUPLICATE KEY UPDATE quantity = quantity + VALUES(quantity), events = events + VALUES(events)
            """,
            found.Select(f => new { open = Sql.Day(open), own, f.Meter, f.ItemId, f.PayeeId, f.Quantity, f.Events }), transaction,
            cancellationToken: cancellationToken)).ConfigureAwait(false);
        return open;
    }

    private static async Task<IReadOnlyList<Adjustment>> ReadAsync(
        MySqlConnection connection, string column, DateOnly day, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(DateTime OwnDay, DateTime CountedOn, string Meter, string ItemId, string PayeeId, long Quantity, long Events)>(
            new CommandDefinition(
                $"{Select} WHERE {column} = @day ORDER BY own_day, counted_on, adjustments.meter, adjustments.item_id, adjustments.payee_id",
                new { day = Sql.Day(day) }, cancellationToken: cancellationToken)).ConfigureAwait(false);
        return [.. rows.Select(r => new Adjustment(
            Sql.Day(r.OwnDay), Sql.Day(r.CountedOn), r.Meter, r.ItemId, r.PayeeId, r.Quantity, r.Events))];
    }
}
