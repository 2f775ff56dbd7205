using Dapper;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>The counter periods of each meter.</summary>
internal static class CounterPeriods
{
    public static async Task<IReadOnlyList<(string Meter, CounterPeriod Period)>> ListAsync(
        MySqlConnection connection, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(string Meter, string Period)>(new CommandDefinition(
            $"SELECT {Rows.Text("meter")}, {Rows.Text("period")} FROM counter_periods", cancellationToken: cancellationToken))
                .ConfigureAwait(false);
        return [.. rows.Select(r => (r.Meter, CounterPeriodText.Parse(r.Period)))];
    }

    /// <summary>Adds a period, and returns whether this transaction was the first to do so; waits for a concurrent one.</summary>
    public static async Task<bool> TryAddAsync(
        MySqlTransaction transaction, string meter, CounterPeriod period, CancellationToken cancellationToken) =>
        await transaction.Connection!.ExecuteAsync(new CommandDefinition(
            "INSERT IGNORE INTO counter_periods (meter, period) VALUES (@meter, @period)",
            new { meter, period = CounterPeriodText.Of(period) }, transaction,
            cancellationToken: cancellationToken)).ConfigureAwait(false) == 1;

    /// <summary>Sums the counters of the current period from the published lines and, for the lifetime, the opening counters.</summary>
    public static async Task BackfillAsync(
        MySqlTransaction transaction, CounterInstance instance, DateRange days, CancellationToken cancellationToken)
    {
        var opening = instance.Period == CounterPeriod.Lifetime
            ? "UNION ALL SELECT o.item_id, o.quantity FROM opening_counters o WHERE o.meter = @meter"
            : "";
        await transaction.Connection!.ExecuteAsync(new CommandDefinition(
            $"""
            REPLACE INTO item_counters (meter, period, period_start, item_id, quantity, run_id, previous)
            SELECT @meter, @period, @start, u.item_id, sum(u.quantity), 0, NULL
            FROM (SELECT l.item_id, l.quantity FROM business_days d STRAIGHT_JOIN settlement_lines l ON l.run_id = d.run_id
                  WHERE d.state = 'published' AND l.meter = @meter AND l.usage_date BETWEEN @first AND @last {opening}) AS u
            GROUP BY u.item_id
            """,
            new
            {
                meter = instance.Meter, period = CounterPeriodText.Of(instance.Period), start = Sql.Day(instance.Start),
                first = Sql.Day(days.First),
                last = Sql.Day(days.Last),
            },
            transaction, commandTimeout: 0, cancellationToken: cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Computes the counters of a range of items as <see cref="BackfillAsync"/> does, without writing them.</summary>
    public static async Task<IReadOnlyList<ItemCounter>> ComputeAsync(
        MySqlConnection connection, CounterInstance instance, DateRange days, string firstItem, string lastItem,
        CancellationToken cancellationToken)
    {
        var opening = instance.Period == CounterPeriod.Lifetime
            ? "UNION ALL SELECT o.item_id, o.quantity FROM opening_counters o WHERE o.meter = @meter "
                + "AND o.item_id BETWEEN @firstItem AND @lastItem"
            : "";
        var rows = await connection.QueryAsync<(string ItemId, decimal Quantity)>(new CommandDefinition(
            $"""
            SELECT {Rows.Text("s.item_id")}, s.quantity
            FROM (SELECT u.item_id, sum(u.quantity) AS quantity
                  FROM (SELECT l.item_id, l.quantity FROM business_days d STRAIGHT_JOIN settlement_lines l ON l.run_id = d.run_id
                        WHERE d.state = 'published' AND l.meter = @meter AND l.item_id BETWEEN @firstItem AND @lastItem
                            AND l.usage_date BETWEEN @first AND @last {opening}) AS u
                  GROUP BY u.item_id) AS s
            """,
            new { meter = instance.Meter, firstItem, lastItem, first = Sql.Day(days.First), last = Sql.Day(days.Last) },
            commandTimeout: 0, cancellationToken: cancellationToken)).ConfigureAwait(false);
        return [.. rows.Select(r => new ItemCounter(
            instance, r.ItemId, (long)Math.Clamp(r.Quantity, long.MinValue, long.MaxValue)))];
    }
}
