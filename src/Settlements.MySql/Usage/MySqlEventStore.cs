using System.Data.Common;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>The store of the library's event table.</summary>
internal sealed class MySqlEventStore(MySqlDatabase database) : IEventStore
{
    /// <summary>
    /// The maximum rows of a live call for which INSERT is used: it is about as fast as LOAD DATA up to this number, and saves two round
    /// trips.
    /// </summary>
    private const int InsertRowsMax = 256;

    /// <summary>For the caller's connection, which may not allow LOAD DATA LOCAL.</summary>
    private const int AlwaysInsert = int.MaxValue;

    private readonly BulkInsert _bulk = new(database.Server, database.Location, database.Options.CommandTimeout);
    private readonly CallerTransactionGuard _callerTransactions = new(database);
    private readonly DirectEvents _direct = new(database);

    public Task<StoredBatch> StoreAsync(EventBatch batch, int conflictsMax, CancellationToken cancellationToken) =>
        StoreAsync(batch, conflictsMax, withOutcomes: false, cancellationToken);

    public async Task<StoredBatch> StoreWithOutcomesAsync(EventBatch batch, int conflictsMax, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(conflictsMax);
        try
        {
            if (await _direct.TryStoreAsync(batch, cancellationToken).ConfigureAwait(false) is { } stored)
                return stored;
        }
        catch (MySqlStoreException e) when (e.IsTransient && database.Options.RetriesMax > 0)
        {
            // Whether the batch is stored is unknown. Below, what is stored already is a duplicate.
        }

        return await StoreAsync(batch, conflictsMax, withOutcomes: true, cancellationToken).ConfigureAwait(false);
    }

    public async Task<StoredBatch> StoreInTransactionAsync(DbTransaction transaction, EventBatch batch, CancellationToken cancellationToken)
    {
        var (connection, active) = await _callerTransactions.RequireAsync(transaction, cancellationToken).ConfigureAwait(false);
        var writerLock = await _callerTransactions.AcquireLockAsync(connection, active, cancellationToken).ConfigureAwait(false);
        writerLock.RefuseDropping(batch, database.Location);
        var isStored = false;
        try
        {
            var stored = await StoreAsync(
                connection, active, writerLock, batch, conflictsMax: 0, withOutcomes: true, AlwaysInsert, cancellationToken)
                .ConfigureAwait(false);
            isStored = stored.Conflicts.Count == 0;
            return stored;
        }
        finally
        {
            if (!isStored)
                await CallerTransactionGuard.TryRollBackAsync(active).ConfigureAwait(false);
        }
    }

    public Task<IReadOnlyList<EventNote>> ListNotesAsync(
        string meter, string itemId, string payeeId, UtcRange range, int countMax, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(countMax, 1);
        return database.ReadAsync(
            connection => NotedEvents.ListAsync(connection, meter, itemId, payeeId, range, countMax, cancellationToken), cancellationToken);
    }

    private async Task<StoredBatch> StoreAsync(EventBatch batch, int conflictsMax, bool withOutcomes, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(conflictsMax);
        StoredBatch? last = null;
        return await database.WriteAsync(
            async (connection, transaction) =>
            {
                var writerLock = await WriterLockState.AcquireAsync(connection, transaction, database: null, cancellationToken)
                    .ConfigureAwait(false);
                writerLock.RefuseDropping(batch, database.Location);
                _direct.Observe(writerLock);

                // The outcome of the previous attempt's commit is unknown: if its new events are stored now, it was committed.
                if (last is not null && NewPositions(batch, last) is { Count: > 0 } positions
                    && await new StoredEvents(connection, transaction, writerLock).HasAllAsync(batch, positions, cancellationToken)
                        .ConfigureAwait(false))
                {
                    return last;
                }

                return last = await StoreAsync(
                    connection, transaction, writerLock, batch, conflictsMax, withOutcomes, withOutcomes ? InsertRowsMax : 0,
                    cancellationToken).ConfigureAwait(false);
            },
            stored => stored.Conflicts.Count <= conflictsMax,
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<StoredBatch> StoreAsync(
        MySqlConnection connection, MySqlTransaction transaction, WriterLockState writerLock, EventBatch batch, int conflictsMax,
        bool withOutcomes,
        int insertRowsMax, CancellationToken cancellationToken)
    {
        IReadOnlyList<int>? positions = null;
        int stored;
        if (writerLock.UsesEventIdTable || withOutcomes)
        {
            positions = await InsertNewAsync(connection, transaction, writerLock, batch, insertRowsMax, cancellationToken)
                .ConfigureAwait(false);
            stored = positions?.Count ?? batch.Count;
        }
        else
        {
            stored = await InsertAsync(connection, transaction, new EventBatchRows(batch, writerLock), insertRowsMax, cancellationToken)
                .ConfigureAwait(false);
        }

        var events = new StoredEvents(connection, transaction, writerLock);
        var conflicts = stored == batch.Count
            ? []
            : await events.FindConflictsAsync(batch, conflictsMax, cancellationToken).ConfigureAwait(false);
        if (conflicts.Count > conflictsMax)
            return new StoredBatch(0, 0, 0, conflicts);

        await events.AddNotesAsync(batch, cancellationToken).ConfigureAwait(false);
        var late = await events.RecordLateAsync(batch, cancellationToken).ConfigureAwait(false);
        return new StoredBatch(stored, batch.Count - stored - conflicts.Count, late, conflicts)
        {
            Outcomes = withOutcomes ? Outcomes(batch, writerLock, positions, conflicts) : [],
        };
    }

    /// <summary>Returns the positions of the events that an attempt stored, as far as it determined them.</summary>
    private static List<int> NewPositions(EventBatch batch, StoredBatch attempt) =>
        [.. Enumerable.Range(0, batch.Count).Where(i => attempt.Stored == batch.Count
            || (attempt.Outcomes.Count > 0 && attempt.Outcomes[i] is EventOutcome.Stored or EventOutcome.Late))];

    private static EventOutcome?[] Outcomes(
        EventBatch batch, WriterLockState writerLock, IReadOnlyList<int>? positions, List<EventConflict> conflicts)
    {
        var outcomes = new EventOutcome?[batch.Count];
        Array.Fill(outcomes, EventOutcome.Duplicate);
        for (var i = 0; i < (positions?.Count ?? batch.Count); i++)
        {
            var position = positions is null ? i : positions[i];
            outcomes[position] = batch.OccurredAt(position) < writerLock.ClosedUntil ? EventOutcome.Late : EventOutcome.Stored;
        }

        foreach (var conflict in conflicts)
            outcomes[conflict.Index] = null;
        return outcomes;
    }

    /// <summary>Inserts events, and skips those whose id already exists.</summary>
    private async Task<int> InsertAsync(
        MySqlConnection connection, MySqlTransaction transaction, EventBatchRows rows, int insertRowsMax,
        CancellationToken cancellationToken)
    {
        var result = rows.Count <= insertRowsMax
            ? await _bulk.WriteByInsertAsync(connection, transaction, rows.Table, OnDuplicate.Skip, rows, cancellationToken)
                .ConfigureAwait(false)
            : await _bulk.WriteAsync(connection, transaction, rows.Table, OnDuplicate.Skip, rows, cancellationToken).ConfigureAwait(false);
        if (result.Warnings <= rows.Count - result.Affected)
            return (int)result.Affected;

        // More warnings than skipped rows: a row's value was changed by the table.
        var first = await WarningList.FirstAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
        throw new MySqlStoreException(
            $"{database.Location}: table {rows.Table.Name} would change the values of events. {first} Nothing of the chunk is stored. "
            + "The table's columns were changed manually; restore them from the schema.", isTransient: false);
    }

    /// <summary>Inserts the events whose id is new, and determines which they are.</summary>
    /// <returns>Their positions; null for all.</returns>
    private async Task<IReadOnlyList<int>?> InsertNewAsync(
        MySqlConnection connection, MySqlTransaction transaction, WriterLockState writerLock, EventBatch batch, int insertRowsMax,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<int>? positions = null;
        while (true)
        {
            var unique = new EventBatchRows(batch, writerLock, positions, idsOnly: writerLock.UsesEventIdTable);
            var inserted = unique.Count == 0
                ? 0
                : await InsertAsync(connection, transaction, unique, insertRowsMax, cancellationToken).ConfigureAwait(false);
            if (inserted == unique.Count)
                break;

            // Some ids exist: roll back and look them up, then insert the rest. Repeated if another writer stores more of them meanwhile.
            await transaction.RollbackAsync(WriterLockState.Savepoint, cancellationToken).ConfigureAwait(false);
            positions = await new StoredEvents(connection, transaction, writerLock).FindNewAsync(batch, cancellationToken)
                .ConfigureAwait(false);
        }

        if (writerLock.UsesEventIdTable)
        {
            var rows = new EventBatchRows(batch, writerLock, positions);
            await _bulk.WriteAllAsync(connection, transaction, rows.Table, rows, rows.Count, useInsert: insertRowsMax == AlwaysInsert,
                cancellationToken).ConfigureAwait(false);
        }

        return positions;
    }
}
