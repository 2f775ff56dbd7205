using System.Runtime.CompilerServices;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Writes counters, replacing existing rows.</summary>
internal sealed class CounterWrites(BulkInsert bulk)
{
    /// <summary>
    /// Below this number of rows, the counters of several periods share INSERT statements, which is faster than a LOAD DATA each.
    /// </summary>
    private const int InsertRowsMax = 500;

    private static readonly BulkTable Items = BulkTable.Of(
        "item_counters", "run_id", "meter", "period", "period_start", "item_id", "quantity", "previous");

    private static readonly BulkTable Volume = BulkTable.Of(
        "volume_units", "run_id", "meter", "item_id", "rate_scope", "rate_version", "period_start", "payee_id", "units", "exact_amount",
        "previous_units",
        "previous_exact");

    private static readonly BulkTable Rounding = BulkTable.Of(
        "rounding_sums", "run_id", "meter", "item_id", "payee_id", "currency", "exact_amount", "previous_exact");

    public async Task WriteItemsAsync(
        MySqlTransaction transaction, long runId, IReadOnlyList<CounterChange> counters, CancellationToken cancellationToken)
    {
        var few = new List<CounterChange>();
        foreach (var (instance, changes) in ByInstance(counters))
        {
            if (changes.Count < InsertRowsMax)
            {
                few.AddRange(changes);
                continue;
            }

            // In most cases all counters have one period, and if it has just started none has a previous value.
            var isNew = changes.TrueForAll(c => c.Previous is null);
            var table = Items.With(
                ("run_id", Sql.Literal(runId)), ("meter", Sql.Literal(instance.Meter)),
                ("period", Sql.Literal(CounterPeriodText.Of(instance.Period))),
                ("period_start", Sql.Literal(instance.Start)));
            var rows = new ListRows<CounterChange>(changes, (row, change) => Write(row, change, isNew));
            await ReplaceAsync(transaction, isNew ? table.With(("previous", "NULL")) : table, rows, changes.Count, false, cancellationToken)
                .ConfigureAwait(false);
        }

        var others = new ListRows<CounterChange>(few, (row, change) =>
        {
            row.Text(change.Instance.Meter);
            row.Text(CounterPeriodText.Of(change.Instance.Period));
            row.Day(change.Instance.Start);
            Write(row, change, isNew: false);
        });
        await ReplaceAsync(transaction, Items.With(("run_id", Sql.Literal(runId))), others, few.Count, true, cancellationToken)
            .ConfigureAwait(false);
    }

    public Task WriteVolumeAsync(
        MySqlTransaction transaction, long runId, IReadOnlyList<VolumeChange> changes, CancellationToken cancellationToken)
    {
        var rows = new ListRows<VolumeChange>(changes, (row, change) =>
        {
            row.Text(change.Key.Meter);
            row.Text(change.Key.ItemId);
            row.Text(change.Key.RateScope);
            row.Text(change.Key.RateVersion);
            row.Day(change.Key.PeriodStart);
            row.Text(change.Key.PayeeId);
            row.Int64(change.Sum.Units);
            row.Decimal(change.Sum.ExactAmount);
            if (change.Previous is { } previous)
            {
                row.Int64(previous.Units);
                row.Decimal(previous.ExactAmount);
            }
            else
            {
                row.Nulls(2);
            }
        });
        return ReplaceAsync(
            transaction, Volume.With(("run_id", Sql.Literal(runId))), rows, changes.Count, changes.Count < InsertRowsMax,
            cancellationToken);
    }

    public Task WriteRoundingAsync(
        MySqlTransaction transaction, long runId, IReadOnlyList<RoundingChange> changes, CancellationToken cancellationToken)
    {
        var rows = new ListRows<RoundingChange>(changes, (row, change) =>
        {
            row.Text(change.Key.Meter);
            row.Text(change.Key.ItemId);
            row.Text(change.Key.PayeeId);
            row.Text(change.Key.Currency);
            row.Decimal(change.ExactAmount);
            if (change.Previous is { } previous)
                row.Decimal(previous);
            else
                row.Null();
        });
        return ReplaceAsync(
            transaction, Rounding.With(("run_id", Sql.Literal(runId))), rows, changes.Count, changes.Count < InsertRowsMax,
            cancellationToken);
    }

    private static Dictionary<CounterInstance, List<CounterChange>> ByInstance(IReadOnlyList<CounterChange> counters)
    {
        var all = new Dictionary<CounterInstance, List<CounterChange>>();
        List<CounterChange>? same = null;
        foreach (var change in counters)
        {
            if ((same is null || !change.Instance.Equals(same[0].Instance)) && !all.TryGetValue(change.Instance, out same))
                all.Add(change.Instance, same = new List<CounterChange>(counters.Count));
            same.Add(change);
        }

        return all;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Write(RowBuffer row, CounterChange change, bool isNew)
    {
        row.Text(change.ItemId);
        row.Int64(change.Quantity);
        if (isNew)
            return;
        if (change.Previous is { } previous)
            row.Int64(previous);
        else
            row.Null();
    }

    private async Task ReplaceAsync(
        MySqlTransaction transaction, BulkTable table, IRowSource rows, int count, bool useInsert, CancellationToken cancellationToken)
    {
        if (count == 0)
            return;
        var connection = transaction.Connection!;
        var result = useInsert
            ? await bulk.WriteByInsertAsync(connection, transaction, table, OnDuplicate.Replace, rows, cancellationToken)
                .ConfigureAwait(false)
            : await bulk.WriteAsync(connection, transaction, table, OnDuplicate.Replace, rows, cancellationToken).ConfigureAwait(false);
        if (result.Affected >= count && result.Warnings == 0)
            return;
        var warning = await WarningList.FirstAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
        throw new MySqlStoreException(
            $"Table {table.Name} would change the values of rows. {warning} Nothing of the chunk is stored. The table's columns were "
            + "changed manually; restore them from the schema.",
            isTransient: false);
    }
}
