using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Reads counters as of the published runs.</summary>
internal sealed class CounterReads(PublishedRuns published)
{
    public async Task<IReadOnlyList<ItemCounter>> ReadAsync(
        MySqlConnection connection, IReadOnlyList<CounterRequest> requests, CancellationToken cancellationToken)
    {
        var counters = new List<ItemCounter>();
        foreach (var request in requests)
        {
            var rows = await new NeededItems<Versioned<string, long>>(
                request.ItemIds,
                static (row, item) => new(item, row.GetInt64(1), row.GetInt64(2), row.IsDBNull(3) ? null : row.GetInt64(3)))
                .ReadAsync(
                    connection,
                    $"SELECT item_id, run_id, quantity, previous FROM item_counters FORCE INDEX (PRIMARY) WHERE "
                        + $"{CounterNames.Condition(request.Instance)}",
                    rowsPerItem: 1, "item_id", cancellationToken).ConfigureAwait(false);
            counters.EnsureCapacity(counters.Count + rows.Count);
            foreach (var (item, quantity) in await InForceAsync(connection, rows, cancellationToken).ConfigureAwait(false))
                counters.Add(new ItemCounter(request.Instance, item, quantity));
        }

        return counters;
    }

    public async Task<IReadOnlyList<(VolumeKey Key, VolumeSum Sum)>> ReadVolumeAsync(
        MySqlConnection connection, string meter, IReadOnlyList<string> itemIds, CancellationToken cancellationToken)
    {
        const int RowsPerItem = 4;
        var (scope, version) = ("", "");
        var rows = await new NeededItems<Versioned<VolumeKey, VolumeSum>>(
            itemIds, (row, item) => new(
                new VolumeKey(meter, item, row.Text(2, ref scope), row.Text(3, ref version), row.Day(4), row.Text(5)), row.GetInt64(1),
                new VolumeSum(row.GetInt64(6), row.Amount(7)), row.IsDBNull(8) ? null : new VolumeSum(row.GetInt64(8), row.Amount(9))))
            .ReadAsync(
                connection,
                $"""
                SELECT item_id, run_id, rate_scope, rate_version, period_start, payee_id, units, exact_amount, previous_units,
                    previous_exact
                FROM volume_units FORCE INDEX (PRIMARY) WHERE meter = {Sql.Literal(meter)}
                """,
                RowsPerItem, "item_id, rate_scope, rate_version, period_start, payee_id", cancellationToken).ConfigureAwait(false);
        return await InForceAsync(connection, rows, cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<(RoundingKey Key, decimal ExactAmount)>> ReadRoundingAsync(
        MySqlConnection connection, string meter, IReadOnlyList<string> itemIds, CancellationToken cancellationToken)
    {
        const int RowsPerItem = 2;
        var currency = "";
        var rows = await new NeededItems<Versioned<RoundingKey, decimal>>(
            itemIds, (row, item) => new(
                new RoundingKey(meter, item, row.Text(2), row.Text(3, ref currency)), row.GetInt64(1), row.Amount(4), row.IsDBNull(5)
                    ? null : row.Amount(5)))
            .ReadAsync(
                connection,
                $"""
                SELECT item_id, run_id, payee_id, currency, exact_amount, previous_exact
                FROM rounding_sums FORCE INDEX (PRIMARY) WHERE meter = {Sql.Literal(meter)}
                """,
                RowsPerItem, "item_id, payee_id, currency", cancellationToken).ConfigureAwait(false);
        return await InForceAsync(connection, rows, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<(TKey Key, TValue Value)>> InForceAsync<TKey, TValue>(
        MySqlConnection connection, IReadOnlyList<Versioned<TKey, TValue>> rows, CancellationToken cancellationToken)
        where TValue : struct
    {
        var runs = new HashSet<long>();
        var last = -1L;
        foreach (var row in rows)
        {
            if (row.RunId != last)
                runs.Add(last = row.RunId);
        }

        var inForce = await published.FilterAsync(connection, null, runs, cancellationToken).ConfigureAwait(false);
        var values = new List<(TKey, TValue)>(rows.Count);
        foreach (var row in rows)
        {
            if (inForce.Contains(row.RunId))
                values.Add((row.Key, row.Value));
            else if (row.Previous is { } previous)
                values.Add((row.Key, previous));
        }

        return values;
    }

    /// <summary>A row, whose value is in force if its run is published; otherwise the previous value is.</summary>
    private readonly record struct Versioned<TKey, TValue>(TKey Key, long RunId, TValue Value, TValue? Previous)
        where TValue : struct;
}
