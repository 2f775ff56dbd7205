using System.Data.Common;
using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Stores counters, the units priced by volume tables, and the exact sums of cumulative rounding.</summary>
internal sealed class SqliteCounterStore(SqliteDatabase database, TimeProvider clock) : ICounterStore
{
    public Task<IReadOnlyList<ItemCounter>> ReadAsync(IReadOnlyList<CounterRequest> requests, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        using var snapshot = connection.BeginTransaction(deferred: true);
        var runs = new RunsInForce(connection);
        var counters = new List<ItemCounter>();
        foreach (var request in requests)
        {
            using var search = new ItemSearch(
                connection, "quantity, run_id, previous", "item_counters", "meter = ? AND period = ? AND period_start = ?",
                request.Instance.Meter, CounterPeriodText.Of(request.Instance.Period), DayText.From(request.Instance.Start));
            search.Find(
                request.ItemIds,
                (item, row) =>
                {
                    var isInForce = runs.Contains(row.Int64(2));
                    if (isInForce || !row.IsNull(3))
                        counters.Add(new ItemCounter(request.Instance, item, row.Int64(isInForce ? 1 : 3)));
                },
                cancellationToken);
        }

        return Task.FromResult<IReadOnlyList<ItemCounter>>(counters);
    }

    public Task<IReadOnlyList<(VolumeKey Key, VolumeSum Sum)>> ReadVolumeAsync(
        string meter, IReadOnlyList<string> itemIds, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        using var snapshot = connection.BeginTransaction(deferred: true);
        var runs = new RunsInForce(connection);
        var volume = new List<(VolumeKey, VolumeSum)>();
        using var search = new ItemSearch(
            connection, "rate_scope, rate_version, period_start, payee_id, units, exact_amount, run_id, previous_units, previous_exact",
            "volume_units", "meter = ?", meter);
        search.Find(
            itemIds,
            (item, row) =>
            {
                var isInForce = runs.Contains(row.Int64(7));
                if (!isInForce && row.IsNull(8))
                    return;
                volume.Add((
                    new VolumeKey(meter, item, row.Text(1), row.Text(2), DayText.Parse(row.Text(3)), row.Text(4)),
                    new VolumeSum(row.Int64(isInForce ? 5 : 8), AmountText.Parse(row.Bytes(isInForce ? 6 : 9)))));
            },
            cancellationToken);
        return Task.FromResult<IReadOnlyList<(VolumeKey, VolumeSum)>>(volume);
    }

    public Task<IReadOnlyList<(RoundingKey Key, decimal ExactAmount)>> ReadRoundingAsync(
        string meter, IReadOnlyList<string> itemIds, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        using var snapshot = connection.BeginTransaction(deferred: true);
        var runs = new RunsInForce(connection);
        var rounding = new List<(RoundingKey, decimal)>();
        using var search = new ItemSearch(
            connection, "payee_id, currency, exact_amount, run_id, previous_exact", "rounding_sums", "meter = ?", meter);
        search.Find(
            itemIds,
            (item, row) =>
            {
                var isInForce = runs.Contains(row.Int64(4));
                if (isInForce || !row.IsNull(5))
                    rounding.Add((new RoundingKey(meter, item, row.Text(1), row.Text(2)), AmountText.Parse(row.Bytes(isInForce ? 3 : 5))));
            },
            cancellationToken);
        return Task.FromResult<IReadOnlyList<(RoundingKey, decimal)>>(rounding);
    }

    public Task WriteAsync(
        DbTransaction transaction, long runId, IReadOnlyList<CounterChange> counters, IReadOnlyList<VolumeChange> volume,
        IReadOnlyList<RoundingChange> rounding, CancellationToken cancellationToken)
    {
        var connection = (SqliteConnection)transaction.Connection!;
        CounterRows.Write(connection, runId, counters);
        CounterRows.Write(connection, runId, volume);
        CounterRows.Write(connection, runId, rounding);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<CounterCheck>> CheckAsync(
        DbTransaction? transaction, long runId, IReadOnlyList<CounterInstance> instances, CancellationToken cancellationToken)
    {
        using var reader = transaction is null ? database.OpenReader() : null;
        using var snapshot = reader?.BeginTransaction(deferred: true);
        var connection = reader ?? (SqliteConnection)transaction!.Connection!;
        var runs = new RunsInForce(connection, runId);
        return Task.FromResult<IReadOnlyList<CounterCheck>>(
            [.. instances.Select(instance => CounterTotals.Check(connection, runs, runId, instance, cancellationToken))]);
    }

    public Task<IReadOnlyList<AmountCheck>> CheckRoundingAsync(
        DbTransaction transaction, long runId, string meter, CancellationToken cancellationToken)
    {
        var connection = (SqliteConnection)transaction.Connection!;
        using var row = new SqliteStatement(
            connection, "SELECT currency, exact_amount, run_id, previous_exact FROM rounding_sums WHERE meter = ?");
        return Task.FromResult<IReadOnlyList<AmountCheck>>(
            CounterTotals.Check(connection, new RunsInForce(connection, runId), runId, CounterTotals.Rounding, meter, row,
                cancellationToken));
    }

    public Task<IReadOnlyList<AmountCheck>> CheckVolumeAsync(
        DbTransaction transaction, long runId, string meter, CancellationToken cancellationToken)
    {
        var connection = (SqliteConnection)transaction.Connection!;
        using var row = new SqliteStatement(
            connection, "SELECT rate_scope || ' ' || rate_version, exact_amount, run_id, previous_exact FROM volume_units WHERE meter = ?");
        return Task.FromResult<IReadOnlyList<AmountCheck>>(
            CounterTotals.Check(connection, new RunsInForce(connection, runId), runId, CounterTotals.Volume, meter, row,
                cancellationToken));
    }

    public Task RecordTotalsAsync(
        DbTransaction transaction, IReadOnlyList<CounterCheck> counters, IReadOnlyList<(string Meter, AmountCheck Check)> rounding,
        IReadOnlyList<(string Meter, AmountCheck Check)> volume, CancellationToken cancellationToken)
    {
        CounterTotals.Record(
            (SqliteConnection)transaction.Connection!,
            counters.Select(c =>
                (c.Instance.Meter, CounterPeriodText.Of(c.Instance.Period), DayText.From(c.Instance.Start), c.Items, c.Quantity))
                .Concat(rounding.Select(r => (r.Meter, CounterTotals.Rounding + r.Check.Name, "", r.Check.Rows, r.Check.Amount)))
                .Concat(volume.Select(v => (v.Meter, CounterTotals.Volume + v.Check.Name, "", v.Check.Rows, v.Check.Amount))));
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<(string Meter, CounterPeriod Period)>> ListPeriodsAsync(CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        return Task.FromResult<IReadOnlyList<(string, CounterPeriod)>>(CounterSetup.ListPeriods(connection));
    }

    public Task BeginPeriodAsync(CounterInstance instance, DateRange days, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, _) => Task.FromResult(CounterSetup.BeginPeriod(connection, instance, days, cancellationToken)), cancellationToken);

    public Task<IReadOnlyList<ItemCounter>> ComputeAsync(
        CounterInstance instance, DateRange days, IReadOnlyList<string> itemIds, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        return Task.FromResult<IReadOnlyList<ItemCounter>>(
            CounterSetup.Compute(connection, instance, days, itemIds[0], itemIds[^1], cancellationToken));
    }

    public Task ReplaceAllAsync(
        IReadOnlyList<ItemCounter> counters, IReadOnlyList<(VolumeKey Key, VolumeSum Sum)> volume,
        IReadOnlyList<(RoundingKey Key, decimal ExactAmount)> rounding, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, _) => Task.FromResult(CounterSetup.ReplaceAll(connection, counters, volume, rounding)), cancellationToken);

    public Task<IReadOnlyList<ItemCounter>> ListOpeningAsync(CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        return Task.FromResult<IReadOnlyList<ItemCounter>>(CounterSetup.ListOpening(connection));
    }

    public Task AddOpeningAsync(IReadOnlyList<ItemCounter> counters, string by, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, _) => Task.FromResult(CounterSetup.AddOpening(connection, counters, by, UnixMicroseconds.From(clock.GetUtcNow()))),
        cancellationToken);
}
