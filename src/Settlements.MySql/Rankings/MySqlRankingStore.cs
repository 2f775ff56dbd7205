using System.Data.Common;
using Dapper;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>The store of rankings, which are computed from the lines when a day is published.</summary>
internal sealed class MySqlRankingStore(MySqlDatabase database) : IRankingStore
{
    /// <summary>The payee of the item's last day, the last by bytes: max() of day and payee, without the 8 bytes of the day.</summary>
    private const string LastPayee = "substring(max(concat(CAST(date_format(d.day, '%Y%m%d') AS BINARY), t.payee_id)), 9)";

    private const int ItemsPerStatement = 1_000;

    private readonly BulkInsert _bulk = new(database.Server, database.Location, database.Options.CommandTimeout);

    public async Task DeleteObsoleteRowsAsync(
        DbTransaction transaction, IReadOnlyList<long> abandonedRuns, CancellationToken cancellationToken)
    {
        foreach (var runId in abandonedRuns)
        {
            await transaction.Connection!.ExecuteAsync(new CommandDefinition(
                "DELETE FROM rankings WHERE run_id = @runId", new { runId }, transaction, cancellationToken: cancellationToken))
                    .ConfigureAwait(false);
        }
    }

    public async Task<IReadOnlyList<StoredRank>> ListByDayAsync(
        DbTransaction transaction, DateOnly day, CancellationToken cancellationToken)
    {
        var rows = await transaction.Connection!.QueryAsync<(
            string Period, string Meter, int Place, string ItemId, string PayeeId, long Quantity)>(
            new CommandDefinition(
                $"""
                SELECT {Rows.Text("r.period")}, {Rows.Text("r.meter")}, r.place, {Rows.Text("r.item_id")}, {Rows.Text("r.payee_id")},
                    r.quantity
                FROM business_days d STRAIGHT_JOIN rankings r ON r.run_id = d.run_id
                WHERE d.day = @day AND d.state = 'published' ORDER BY r.period, r.meter, r.place
                """,
                new { day = Sql.Day(day) }, transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);
        return [.. rows.Select(r =>
            new StoredRank(RankingText.Parse(r.Period), r.Meter, new RankedItem(r.Place, r.ItemId, r.PayeeId, r.Quantity)))];
    }

    public async Task<IReadOnlyList<ItemQuantity>> TopOfRunAsync(
        DbTransaction transaction, long runId, string meter, long quantityMin, int count, CancellationToken cancellationToken)
    {
        var command = ((MySqlConnection)transaction.Connection!).CreateCommand();
        await using var _ = command.ConfigureAwait(false);
        command.Transaction = (MySqlTransaction)transaction;
        command.CommandText = """
            SELECT item_id, payee_id, quantity FROM settlement_lines FORCE INDEX (PRIMARY) WHERE run_id = @runId AND meter = @meter
            ORDER BY item_id, payee_id
            """;
        command.Parameters.AddWithValue("runId", runId);
        command.Parameters.AddWithValue("meter", meter);
        var top = new TopItems(count, quantityMin);
        await RowStream.ReadAsync(command, new TopItemRows(top), cancellationToken).ConfigureAwait(false);
        return top.Items();
    }

    public async Task<IReadOnlyList<ItemQuantity>> SumItemsAsync(
        DbTransaction transaction, long runId, DateRange? days, string meter, IReadOnlyList<string> itemIds,
        CancellationToken cancellationToken)
    {
        var items = new List<ItemQuantity>(itemIds.Count);
        foreach (var some in itemIds.Order(Utf8Order.Instance).Chunk(ItemsPerStatement))
        {
            var sql = $"""
                SELECT t.item_id, {LastPayee}, sum(t.quantity)
                FROM {Runs(days)} d STRAIGHT_JOIN settlement_lines t FORCE INDEX (PRIMARY) ON t.run_id = d.run_id
                WHERE t.meter = @meter AND t.item_id IN ({string.Join(',', some.Select(Sql.Literal))}) GROUP BY t.item_id
                """;
            items.AddRange(await ReadAsync(transaction, sql, runId, days, meter, 0, cancellationToken).ConfigureAwait(false));
        }

        return items;
    }

    public Task<IReadOnlyList<ItemQuantity>> TopOfPeriodAsync(
        DbTransaction transaction, long runId, DateRange days, string meter, int count, CancellationToken cancellationToken) => ReadAsync(
        transaction,
        $"""
        SELECT t.item_id, {LastPayee}, sum(t.quantity) AS units
        FROM {Runs(days)} d STRAIGHT_JOIN settlement_lines t FORCE INDEX (PRIMARY) ON t.run_id = d.run_id
        WHERE t.meter = @meter GROUP BY t.item_id ORDER BY units DESC, t.item_id LIMIT @count
        """,
        runId, days, meter, count, cancellationToken);

    public Task WriteAsync(DbTransaction transaction, long runId, IReadOnlyList<StoredRank> ranks, CancellationToken cancellationToken) =>
        _bulk.WriteAllAsync(
            (MySqlConnection)transaction.Connection!, (MySqlTransaction)transaction, RankingRows.Table.With(("run_id", Sql.Literal(runId))),
            new ListRows<StoredRank>(ranks, RankingRows.Write), ranks.Count, useInsert: true, cancellationToken);

    public Task<IReadOnlyList<RankedItem>> ReadAsync(
        CalendarPeriod period, DateRange days, string meter, int count, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            var rows = await connection.QueryAsync<(int Place, string ItemId, string PayeeId, long Quantity)>(new CommandDefinition(
                $"""
                SELECT place, {Rows.Text("item_id")}, {Rows.Text("payee_id")}, quantity FROM rankings
                WHERE run_id = (SELECT run_id FROM business_days WHERE day BETWEEN @first AND @last AND state = 'published'
                    ORDER BY day DESC LIMIT 1)
                  AND period = @period AND meter = @meter AND place <= @count
                ORDER BY place
                """,
                new { first = Sql.Day(days.First), last = Sql.Day(days.Last), meter, count, period = RankingText.Of(period) },
                cancellationToken: cancellationToken)).ConfigureAwait(false);
            return (IReadOnlyList<RankedItem>)[.. rows.Select(r => new RankedItem(r.Place, r.ItemId, r.PayeeId, r.Quantity))];
        },
        cancellationToken);

    public Task<IReadOnlyList<RankedItem>> ComputeAsync(
        DateRange days, string meter, string? payeeId, int count, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            var items = await RankingRows.ReadAsync(
                await connection.ExecuteReaderAsync(new CommandDefinition(
                    $"""
                    SELECT t.item_id, {LastPayee}, sum(t.quantity) AS units
                    FROM business_days d STRAIGHT_JOIN settlement_lines t ON t.run_id = d.run_id
                    WHERE d.day BETWEEN @first AND @last AND d.state = 'published'
                        AND t.meter = @meter {(payeeId is null ? "" : "AND t.payee_id = @payeeId")}
                    GROUP BY t.item_id ORDER BY units DESC, t.item_id LIMIT @count
                    """,
                    new { first = Sql.Day(days.First), last = Sql.Day(days.Last), meter, payeeId, count },
                    cancellationToken: cancellationToken))
                    .ConfigureAwait(false),
                cancellationToken).ConfigureAwait(false);
            return (IReadOnlyList<RankedItem>)[.. items
                .Select((item, i) => new RankedItem(i + 1, item.ItemId, item.PayeeId, item.Quantity))];
        },
        cancellationToken);

    /// <summary>The published days, and the run that is about to be published as the last day.</summary>
    private static string Runs(DateRange? days) => days is null
        ? "(SELECT DATE '9999-12-31' AS day, @runId AS run_id)"
        : """
        (SELECT DATE '9999-12-31' AS day, @runId AS run_id
         UNION ALL SELECT day, run_id FROM business_days WHERE day BETWEEN @first AND @last AND state = 'published')
        """;

    private static async Task<IReadOnlyList<ItemQuantity>> ReadAsync(
        DbTransaction transaction, string sql, long runId, DateRange? days, string meter, int count, CancellationToken cancellationToken) =>
        await RankingRows.ReadAsync(
            await transaction.Connection!.ExecuteReaderAsync(new CommandDefinition(
                sql,
                new
                {
                    runId, meter, count, first = days is { } range ? Sql.Day(range.First) : (DateTime?)null,
                    last = days is { } same ? Sql.Day(same.Last) : (DateTime?)null,
                },
                transaction, cancellationToken: cancellationToken)).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
}
