using System.Data.Common;
using Dapper;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>The store of counters, each with the run that wrote it and the previous value.</summary>
internal sealed class MySqlCounterStore : ICounterStore
{
    private readonly MySqlDatabase _database;
    private readonly CounterReads _reads;
    private readonly CounterChecks _checks;
    private readonly CounterWrites _writes;
    private readonly OpeningCounters _opening;

    public MySqlCounterStore(MySqlDatabase database, TimeProvider clock)
    {
        var published = new PublishedRuns();
        var bulk = new BulkInsert(database.Server, database.Location, database.Options.CommandTimeout);
        _database = database;
        _reads = new CounterReads(published);
        _checks = new CounterChecks(published);
        _writes = new CounterWrites(bulk);
        _opening = new OpeningCounters(database, bulk, clock);
    }

    public Task<IReadOnlyList<ItemCounter>> ReadAsync(IReadOnlyList<CounterRequest> requests, CancellationToken cancellationToken) =>
        _database.ReadAsync(connection => _reads.ReadAsync(connection, requests, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<(VolumeKey Key, VolumeSum Sum)>> ReadVolumeAsync(
        string meter, IReadOnlyList<string> itemIds, CancellationToken cancellationToken) => _database.ReadAsync(
        connection => _reads.ReadVolumeAsync(connection, meter, itemIds, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<(RoundingKey Key, decimal ExactAmount)>> ReadRoundingAsync(
        string meter, IReadOnlyList<string> itemIds, CancellationToken cancellationToken) => _database.ReadAsync(
        connection => _reads.ReadRoundingAsync(connection, meter, itemIds, cancellationToken), cancellationToken);

    public async Task WriteAsync(
        DbTransaction transaction, long runId, IReadOnlyList<CounterChange> counters, IReadOnlyList<VolumeChange> volume,
        IReadOnlyList<RoundingChange> rounding, CancellationToken cancellationToken)
    {
        var active = (MySqlTransaction)transaction;
        await _writes.WriteItemsAsync(active, runId, counters, cancellationToken).ConfigureAwait(false);
        await _writes.WriteVolumeAsync(active, runId, volume, cancellationToken).ConfigureAwait(false);
        await _writes.WriteRoundingAsync(active, runId, rounding, cancellationToken).ConfigureAwait(false);
    }

    public Task<IReadOnlyList<CounterCheck>> CheckAsync(
        DbTransaction? transaction, long runId, IReadOnlyList<CounterInstance> instances, CancellationToken cancellationToken) =>
        _database.ReadAsync(
            transaction, (connection, active) => _checks.CheckAsync(connection, active, runId, instances, cancellationToken),
            cancellationToken);

    public Task<IReadOnlyList<AmountCheck>> CheckRoundingAsync(
        DbTransaction transaction, long runId, string meter, CancellationToken cancellationToken) => _checks.CheckRoundingAsync(
        (MySqlConnection)transaction.Connection!, (MySqlTransaction)transaction, runId, meter, cancellationToken);

    public Task<IReadOnlyList<AmountCheck>> CheckVolumeAsync(
        DbTransaction transaction, long runId, string meter, CancellationToken cancellationToken) => _checks.CheckVolumeAsync(
        (MySqlConnection)transaction.Connection!, (MySqlTransaction)transaction, runId, meter, cancellationToken);

    public Task RecordTotalsAsync(
        DbTransaction transaction, IReadOnlyList<CounterCheck> counters, IReadOnlyList<(string Meter, AmountCheck Check)> rounding,
        IReadOnlyList<(string Meter, AmountCheck Check)> volume, CancellationToken cancellationToken) =>
        CounterChecks.RecordAsync((MySqlTransaction)transaction, counters, rounding, volume, cancellationToken);

    public Task<IReadOnlyList<(string Meter, CounterPeriod Period)>> ListPeriodsAsync(CancellationToken cancellationToken) =>
        _database.ReadAsync(connection => CounterPeriods.ListAsync(connection, cancellationToken), cancellationToken);

    public Task BeginPeriodAsync(CounterInstance instance, DateRange days, CancellationToken cancellationToken) => _database.WriteAsync(
        async (connection, transaction) =>
        {
            if (!await CounterPeriods.TryAddAsync(transaction, instance.Meter, instance.Period, cancellationToken).ConfigureAwait(false))
                return 0;
            await CounterPeriods.BackfillAsync(transaction, instance, days, cancellationToken).ConfigureAwait(false);
            var counted = await _checks.CheckAsync(connection, transaction, 0, [instance], cancellationToken).ConfigureAwait(false);
            await CounterChecks.RecordAsync(transaction, counted, [], [], cancellationToken).ConfigureAwait(false);
            return 0;
        },
        cancellationToken);

    public Task<IReadOnlyList<ItemCounter>> ComputeAsync(
        CounterInstance instance, DateRange days, IReadOnlyList<string> itemIds, CancellationToken cancellationToken) =>
        _database.ReadAsync(
            connection => CounterPeriods.ComputeAsync(connection, instance, days, itemIds[0], itemIds[^1], cancellationToken),
            cancellationToken);

    public Task ReplaceAllAsync(
        IReadOnlyList<ItemCounter> counters, IReadOnlyList<(VolumeKey Key, VolumeSum Sum)> volume,
        IReadOnlyList<(RoundingKey Key, decimal ExactAmount)> rounding, CancellationToken cancellationToken) => _database.WriteAsync(
        async (connection, transaction) =>
        {
            await connection.ExecuteAsync(new CommandDefinition(
                "DELETE FROM item_counters; DELETE FROM volume_units; DELETE FROM rounding_sums; DELETE FROM counter_totals",
                transaction: transaction,
                commandTimeout: 0, cancellationToken: cancellationToken)).ConfigureAwait(false);
            await WriteAsync(
                transaction, 0,
                [.. counters.OrderBy(c => c.Instance.Meter, Utf8Order.Instance).ThenBy(c => c.ItemId, Utf8Order.Instance)
                    .Select(c => new CounterChange(c.Instance, c.ItemId, c.Quantity, null))],
                [.. volume.Select(v => new VolumeChange(v.Key, v.Sum, null))],
                [.. rounding.Select(r => new RoundingChange(r.Key, r.ExactAmount, null))],
                cancellationToken).ConfigureAwait(false);
            await CounterChecks.RecordAsync(transaction, Count(counters), Count(rounding), Count(volume), cancellationToken)
                .ConfigureAwait(false);
            return 0;
        },
        cancellationToken);

    public Task<IReadOnlyList<ItemCounter>> ListOpeningAsync(CancellationToken cancellationToken) =>
        _database.ReadAsync(connection => OpeningCounters.ListAsync(connection, cancellationToken), cancellationToken);

    public Task AddOpeningAsync(IReadOnlyList<ItemCounter> counters, string by, CancellationToken cancellationToken) =>
        _database.WriteAsync(
        async (connection, transaction) =>
        {
            await _opening.AddAsync(connection, transaction, counters, by, cancellationToken).ConfigureAwait(false);
            foreach (var meter in counters.Select(c => c.Instance.Meter).Distinct(StringComparer.Ordinal))
                await CounterPeriods.TryAddAsync(transaction, meter, CounterPeriod.Lifetime, cancellationToken).ConfigureAwait(false);
            await WriteAsync(transaction, 0, [.. counters.Select(c => new CounterChange(c.Instance, c.ItemId, c.Quantity, null))], [], [],
                cancellationToken)
                .ConfigureAwait(false);
            await CounterChecks.RecordAsync(transaction, Count(counters), [], [], cancellationToken).ConfigureAwait(false);
            return 0;
        },
        cancellationToken);

    private static IEnumerable<CounterCheck> Count(IEnumerable<ItemCounter> counters) =>
        counters.GroupBy(c => c.Instance).Select(i => new CounterCheck(i.Key, i.LongCount(), i.Sum(c => (decimal)c.Quantity), 0, 0, 0));

    private static IEnumerable<(string Meter, AmountCheck Check)> Count(IEnumerable<(RoundingKey Key, decimal ExactAmount)> rounding) =>
        rounding.GroupBy(r => (r.Key.Meter, r.Key.Currency)).Select(c => (
            c.Key.Meter, new AmountCheck(c.Key.Currency, c.LongCount(), c.Sum(r => r.ExactAmount), 0, 0, 0)));

    private static IEnumerable<(string Meter, AmountCheck Check)> Count(IEnumerable<(VolumeKey Key, VolumeSum Sum)> volume) =>
        volume.GroupBy(v => (v.Key.Meter, Name: $"{v.Key.RateScope} {v.Key.RateVersion}")).Select(c => (
            c.Key.Meter, new AmountCheck(c.Key.Name, c.LongCount(), c.Sum(v => v.Sum.ExactAmount), 0, 0, 0)));
}
