using Dapper;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>The opening counters, imported from a replaced system.</summary>
internal sealed class OpeningCounters(MySqlDatabase database, BulkInsert bulk, TimeProvider clock)
{
    private static readonly BulkTable Table = BulkTable.Of(
        "opening_counters", "meter", "item_id", "quantity", "imported_by", "imported_at");

    public static async Task<IReadOnlyList<ItemCounter>> ListAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        var counters = new List<ItemCounter>();
        var reader = await connection.ExecuteReaderAsync(new CommandDefinition(
            "SELECT meter, item_id, quantity FROM opening_counters ORDER BY meter, item_id", cancellationToken: cancellationToken))
                .ConfigureAwait(false);
        await using var _ = reader.ConfigureAwait(false);
        var (meter, instance) = ("", (CounterInstance?)null);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (reader.Text(0, ref meter) is var name && instance?.Meter != name)
                instance = new CounterInstance(name, CounterPeriod.Lifetime, CounterNames.NoPeriod);
            counters.Add(new ItemCounter(instance!, reader.Text(1), reader.GetInt64(2)));
        }

        return counters;
    }

    /// <summary>
    /// Stores opening counters under the exclusive writer lock: no day starts closing meanwhile, and no other import runs.
    /// </summary>
    public async Task AddAsync(
        MySqlConnection connection, MySqlTransaction transaction, IReadOnlyList<ItemCounter> counters, string by,
        CancellationToken cancellationToken)
    {
        await WriterLock.AcquireExclusiveAsync(database, connection, transaction, cancellationToken).ConfigureAwait(false);
        var first = await connection.ExecuteScalarAsync<DateTime?>(new CommandDefinition(
            "SELECT min(day) FROM business_days", transaction: transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);
        if (first is { } day)
        {
            throw new InvalidOperationException(
                FormattableString.Invariant($"Opening counters can't be imported: day {Sql.Day(day):O} is closing or published. ")
                + "Import them into a database in which no day was closed.");
        }

        var existing = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "SELECT count(*) FROM opening_counters", transaction: transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);
        if (existing > 0)
        {
            throw new InvalidOperationException(
                FormattableString.Invariant($"Opening counters can't be imported: {existing} exist already, and they are imported once. ")
                + "Delete them from opening_counters and item_counters first, or start with a new database.");
        }

        var now = UnixMicroseconds.From(clock.GetUtcNow());
        var rows = new ListRows<ItemCounter>(counters, (row, counter) =>
        {
            row.Text(counter.Instance.Meter);
            row.Text(counter.ItemId);
            row.Int64(counter.Quantity);
            row.Text(by);
            row.Instant(now);
        });
        await bulk.WriteAllAsync(connection, transaction, Table, rows, counters.Count, cancellationToken).ConfigureAwait(false);
    }
}
