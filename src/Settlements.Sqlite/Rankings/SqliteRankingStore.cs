using System.Data.Common;
using System.Runtime.CompilerServices;
using Dapper;
using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Stores rankings, which are computed from the lines when a day is published.</summary>
internal sealed class SqliteRankingStore(SqliteDatabase database) : IRankingStore
{
    /// <summary>
    /// A cache of a run's top items for the duration of its publishing transaction: day, week and month need nearly the same.
    /// </summary>
    private readonly ConditionalWeakTable<DbTransaction, List<TopOfRun>> _cache = [];

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

    public Task<IReadOnlyList<StoredRank>> ListByDayAsync(DbTransaction transaction, DateOnly day, CancellationToken cancellationToken)
    {
        var ranks = new List<StoredRank>();
        using var row = new SqliteStatement((SqliteConnection)transaction.Connection!, """
            SELECT r.period, r.meter, r.place, r.item_id, r.payee_id, r.quantity FROM rankings r
            WHERE r.run_id = (SELECT run_id FROM business_days WHERE day = ? AND state = 'published') ORDER BY r.period, r.meter, r.place
            """);
        row.Bind(1, DayText.From(day));
        while (row.Step())
        {
            ranks.Add(new StoredRank(
                RankingText.Parse(row.Text(0)), row.Text(1), new RankedItem(row.Int32(2), row.Text(3), row.Text(4), row.Int64(5))));
        }

        return Task.FromResult<IReadOnlyList<StoredRank>>(ranks);
    }

    public Task<IReadOnlyList<ItemQuantity>> TopOfRunAsync(
        DbTransaction transaction, long runId, string meter, long quantityMin, int count, CancellationToken cancellationToken)
    {
        var cached = _cache.GetOrCreateValue(transaction);
        var top = cached.Find(t =>
            t.RunId == runId && t.Meter == meter && t.QuantityMin <= quantityMin && (t.Count >= count || t.Items.Count < t.Count));
        if (top is null)
        {
            top = new TopOfRun(
                runId, meter, quantityMin, count,
                Top((SqliteConnection)transaction.Connection!, runId, meter, quantityMin, count, cancellationToken));
            cached.Add(top);
        }

        return Task.FromResult<IReadOnlyList<ItemQuantity>>([.. top.Items.TakeWhile(item => item.Quantity >= quantityMin).Take(count)]);
    }

    public Task<IReadOnlyList<ItemQuantity>> SumItemsAsync(
        DbTransaction transaction, long runId, DateRange? days, string meter, IReadOnlyList<string> itemIds,
        CancellationToken cancellationToken)
    {
        var connection = (SqliteConnection)transaction.Connection!;
        var runs = days is { } range ? PublishedRuns(connection, range) : [];
        runs.Add(runId);
        using var row = new SqliteStatement(
            connection, "SELECT payee_id, quantity FROM settlement_lines WHERE run_id = ? AND meter = ? AND item_id = ? ORDER BY payee_id");
        row.Bind(2, meter);
        var items = new List<ItemQuantity>();
        foreach (var itemId in itemIds)
        {
            cancellationToken.ThrowIfCancellationRequested();
            row.Bind(3, itemId);
            var (payee, quantity) = ((string?)null, (Int128)0);
            foreach (var run in runs)
            {
                for (row.Bind(1, run); row.Step(); quantity += row.Int64(1))
                    payee = row.Text(0);
                row.Reset();
            }

            if (payee is not null)
                items.Add(new ItemQuantity(itemId, payee, RankingText.Clamp(quantity)));
        }

        return Task.FromResult<IReadOnlyList<ItemQuantity>>(items);
    }

    public Task<IReadOnlyList<ItemQuantity>> TopOfPeriodAsync(
        DbTransaction transaction, long runId, DateRange days, string meter, int count, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult<IReadOnlyList<ItemQuantity>>(
            PeriodItems.Top((SqliteConnection)transaction.Connection!, days, runId, meter, null, count));
    }

    public Task WriteAsync(DbTransaction transaction, long runId, IReadOnlyList<StoredRank> ranks, CancellationToken cancellationToken)
    {
        using var insert = new SqliteStatement((SqliteConnection)transaction.Connection!, """
            INSERT INTO rankings (run_id, period, meter, place, item_id, payee_id, quantity) VALUES (?, ?, ?, ?, ?, ?, ?)
            """);
        insert.Bind(1, runId);
        foreach (var rank in ranks)
        {
            insert.Bind(2, RankingText.Of(rank.Period)).Bind(3, rank.Meter).Bind(4, rank.Item.Rank).Bind(5, rank.Item.ItemId)
                .Bind(6, rank.Item.PayeeId).Bind(7, rank.Item.Quantity).Execute();
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<RankedItem>> ReadAsync(
        CalendarPeriod period, DateRange days, string meter, int count, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        var items = new List<RankedItem>();
        using var row = new SqliteStatement(connection, """
            SELECT place, item_id, payee_id, quantity FROM rankings
            WHERE run_id = (SELECT run_id FROM business_days WHERE day BETWEEN ? AND ? AND state = 'published' ORDER BY day DESC LIMIT 1)
              AND period = ? AND meter = ? AND place <= ?
            ORDER BY place
            """);
        row.Bind(1, DayText.From(days.First)).Bind(2, DayText.From(days.Last)).Bind(3, RankingText.Of(period)).Bind(4, meter)
            .Bind(5, count);
        while (row.Step())
            items.Add(new RankedItem(row.Int32(0), row.Text(1), row.Text(2), row.Int64(3)));
        return Task.FromResult<IReadOnlyList<RankedItem>>(items);
    }

    public Task<IReadOnlyList<RankedItem>> ComputeAsync(
        DateRange days, string meter, string? payeeId, int count, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        var top = PeriodItems.Top(connection, days, 0, meter, payeeId, count);
        return Task.FromResult<IReadOnlyList<RankedItem>>(
            [.. top.Select((item, i) => new RankedItem(i + 1, item.ItemId, item.PayeeId, item.Quantity))]);
    }

    private static IReadOnlyList<ItemQuantity> Top(
        SqliteConnection connection, long runId, string meter, long quantityMin, int count, CancellationToken cancellationToken)
    {
        var top = new TopItems(count, quantityMin);
        using var row = new SqliteStatement(
            connection,
            "SELECT item_id, payee_id, quantity FROM settlement_lines WHERE run_id = ? AND meter = ? ORDER BY item_id, payee_id");
        row.Bind(1, runId).Bind(2, meter);
        while (row.Step())
            top.Add(row.Bytes(0), row.Bytes(1), row.Int64(2));
        cancellationToken.ThrowIfCancellationRequested();
        return top.Items();
    }

    /// <summary>Lists the runs of published days, oldest first.</summary>
    private static List<long> PublishedRuns(SqliteConnection connection, DateRange days)
    {
        var runs = new List<long>();
        using var run = new SqliteStatement(
            connection, "SELECT run_id FROM business_days WHERE day BETWEEN ? AND ? AND state = 'published' ORDER BY day");
        run.Bind(1, DayText.From(days.First)).Bind(2, DayText.From(days.Last));
        while (run.Step())
            runs.Add(run.Int64(0));
        return runs;
    }

    private sealed record TopOfRun(long RunId, string Meter, long QuantityMin, int Count, IReadOnlyList<ItemQuantity> Items);
}
