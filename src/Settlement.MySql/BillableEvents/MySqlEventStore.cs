using MySqlConnector;
using Settlement.BillableEvents;
using Settlement.MySql.Connections;

namespace Settlement.MySql.BillableEvents;

/// <summary>The library's own event table.</summary>
internal sealed class MySqlEventStore(MySqlDatabase database) : IEventStore
{
    private readonly BulkInsert _bulk = new(database.Server, database.Place, database.Options.CommandTimeout);

    public async Task<StoredBatch> StoreAsync(EventBatch batch, int conflictsMax, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(conflictsMax);
        StoredBatch? last = null;
        return await database.WriteAsync(
            async (connection, transaction) =>
            {
                var gate = await WriterGate.EnterAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
                gate.RefuseDropping(batch, database.Place);

                // An earlier attempt whose commit was never answered: when all its rows were new and are there now, it was committed.
                if (last is not null && last.Stored == batch.Count
                    && await new StoredEvents(connection, transaction, gate).HasAllAsync(batch, cancellationToken).ConfigureAwait(false))
                {
                    return last;
                }

                return last = await StoreAsync(connection, transaction, gate, batch, conflictsMax, cancellationToken).ConfigureAwait(false);
            },
            stored => stored.Conflicts.Count <= conflictsMax,
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<StoredBatch> StoreAsync(
        MySqlConnection connection, MySqlTransaction transaction, WriterGate gate, EventBatch batch, int conflictsMax,
        CancellationToken cancellationToken)
    {
        var stored = gate.HasIdsApart
            ? await InsertNewIdsAsync(connection, transaction, gate, batch, cancellationToken).ConfigureAwait(false)
            : await InsertAsync(connection, transaction, new EventBatchRows(batch, gate), cancellationToken).ConfigureAwait(false);
        var events = new StoredEvents(connection, transaction, gate);
        var conflicts = stored == batch.Count
            ? []
            : await events.FindConflictsAsync(batch, conflictsMax, cancellationToken).ConfigureAwait(false);
        if (conflicts.Count > conflictsMax)
            return new StoredBatch(0, 0, 0, conflicts);

        var late = await events.NoteLateAsync(batch, cancellationToken).ConfigureAwait(false);
        return new StoredBatch(stored, batch.Count - stored - conflicts.Count, late, conflicts);
    }

    /// <summary>Inserts events and passes over those whose id is there.</summary>
    private async Task<int> InsertAsync(
        MySqlConnection connection, MySqlTransaction transaction, EventBatchRows rows, CancellationToken cancellationToken)
    {
        var result = await _bulk.WriteAsync(connection, transaction, rows.Table, OnDuplicate.Skip, rows, cancellationToken)
            .ConfigureAwait(false);
        if (result.Warnings <= rows.Count - result.Affected)
            return (int)result.Affected;

        // More warnings than rows passed over: a row that the table can't hold as it came.
        var first = await WarningList.FirstAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
        throw new MySqlStoreException(
            $"{database.Place}: table billable_events does not take events as they are. {first} Nothing of the chunk is stored. "
            + "Its columns were changed by hand.", isTransient: false);
    }

    /// <summary>Inserts the events whose id is new, where ids are a table of their own.</summary>
    private async Task<int> InsertNewIdsAsync(
        MySqlConnection connection, MySqlTransaction transaction, WriterGate gate, EventBatch batch, CancellationToken cancellationToken)
    {
        const string Savepoint = "ids";
        await transaction.SaveAsync(Savepoint, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<int>? places = null;
        while (true)
        {
            var ids = new EventBatchRows(batch, gate, places, idsOnly: true);
            var inserted = ids.Count == 0
                ? 0
                : (await _bulk.WriteAsync(connection, transaction, ids.Table, OnDuplicate.Skip, ids, cancellationToken).ConfigureAwait(false)).Affected;
            if (inserted == ids.Count)
                break;

            // Some are known: which, is found out without the ones that were just inserted. Again, should another writer bring some meanwhile.
            await transaction.RollbackAsync(Savepoint, cancellationToken).ConfigureAwait(false);
            places = await new StoredEvents(connection, transaction, gate).FindNewAsync(batch, cancellationToken).ConfigureAwait(false);
        }

        var rows = new EventBatchRows(batch, gate, places);
        await _bulk.WriteAllAsync(connection, transaction, rows.Table, rows, rows.Count, cancellationToken).ConfigureAwait(false);
        return rows.Count;
    }
}
