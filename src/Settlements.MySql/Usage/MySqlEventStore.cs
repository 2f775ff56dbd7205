using System.Data.Common;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>The library's own event table.</summary>
internal sealed class MySqlEventStore(MySqlDatabase database) : IEventStore
{
    /// <summary>For events that somebody waits for: up to so many rows one INSERT is about as fast as a stream, which takes two round trips more.</summary>
    private const int FewRowsMax = 256;

    /// <summary>A connection of somebody else's may not be allowed to stream.</summary>
    private const int AlwaysFew = int.MaxValue;

    private readonly BulkInsert _bulk = new(database.Server, database.Place, database.Options.CommandTimeout);
    private readonly CallerTransactionGuard _transactions = new(database);

    public Task<StoredBatch> StoreAsync(EventBatch batch, int conflictsMax, CancellationToken cancellationToken) =>
        StoreAsync(batch, conflictsMax, tellsEach: false, cancellationToken);

    public Task<StoredBatch> StoreWithOutcomesAsync(EventBatch batch, int conflictsMax, CancellationToken cancellationToken) =>
        StoreAsync(batch, conflictsMax, tellsEach: true, cancellationToken);

    public async Task<StoredBatch> StoreInTransactionAsync(DbTransaction transaction, EventBatch batch, CancellationToken cancellationToken)
    {
        var (connection, own) = await _transactions.RequireAsync(transaction, cancellationToken).ConfigureAwait(false);
        var gate = await _transactions.EnterAsync(connection, own, cancellationToken).ConfigureAwait(false);
        gate.RefuseDropping(batch, database.Place);
        var isStored = false;
        try
        {
            var stored = await StoreAsync(connection, own, gate, batch, conflictsMax: 0, tellsEach: true, AlwaysFew, cancellationToken)
                .ConfigureAwait(false);
            isStored = stored.Conflicts.Count == 0;
            return stored;
        }
        finally
        {
            if (!isStored)
                await CallerTransactionGuard.TryUndoAsync(own).ConfigureAwait(false);
        }
    }

    public Task<IReadOnlyList<EventNote>> ListNotesAsync(
        string meter, string itemId, string payeeId, UtcRange range, int countMax, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(countMax, 1);
        return database.ReadAsync(
            connection => NotedEvents.ListAsync(connection, meter, itemId, payeeId, range, countMax, cancellationToken), cancellationToken);
    }

    private async Task<StoredBatch> StoreAsync(EventBatch batch, int conflictsMax, bool tellsEach, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(conflictsMax);
        StoredBatch? last = null;
        return await database.WriteAsync(
            async (connection, transaction) =>
            {
                var gate = await WriterLockState.EnterAsync(connection, transaction, database: null, cancellationToken).ConfigureAwait(false);
                gate.RefuseDropping(batch, database.Place);

                // An earlier attempt whose commit was never answered: when what was new to it is there now, it was committed.
                if (last is not null && NewPlaces(batch, last) is { Count: > 0 } places
                    && await new StoredEvents(connection, transaction, gate).HasAllAsync(batch, places, cancellationToken).ConfigureAwait(false))
                {
                    return last;
                }

                return last = await StoreAsync(
                    connection, transaction, gate, batch, conflictsMax, tellsEach, tellsEach ? FewRowsMax : 0, cancellationToken).ConfigureAwait(false);
            },
            stored => stored.Conflicts.Count <= conflictsMax,
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<StoredBatch> StoreAsync(
        MySqlConnection connection, MySqlTransaction transaction, WriterLockState gate, EventBatch batch, int conflictsMax, bool tellsEach,
        int fewMax, CancellationToken cancellationToken)
    {
        IReadOnlyList<int>? places = null;
        int stored;
        if (gate.UsesEventIdTable || tellsEach)
        {
            places = await InsertNewAsync(connection, transaction, gate, batch, fewMax, cancellationToken).ConfigureAwait(false);
            stored = places?.Count ?? batch.Count;
        }
        else
        {
            stored = await InsertAsync(connection, transaction, new EventBatchRows(batch, gate), fewMax, cancellationToken)
                .ConfigureAwait(false);
        }

        var events = new StoredEvents(connection, transaction, gate);
        var conflicts = stored == batch.Count
            ? []
            : await events.FindConflictsAsync(batch, conflictsMax, cancellationToken).ConfigureAwait(false);
        if (conflicts.Count > conflictsMax)
            return new StoredBatch(0, 0, 0, conflicts);

        await events.AddNotesAsync(batch, cancellationToken).ConfigureAwait(false);
        var late = await events.NoteLateAsync(batch, cancellationToken).ConfigureAwait(false);
        return new StoredBatch(stored, batch.Count - stored - conflicts.Count, late, conflicts)
        {
            Outcomes = tellsEach ? Outcomes(batch, gate, places, conflicts) : [],
        };
    }

    /// <summary>The places of the events that were new to an attempt, as far as it knew them.</summary>
    private static List<int> NewPlaces(EventBatch batch, StoredBatch attempt) =>
        [.. Enumerable.Range(0, batch.Count).Where(i => attempt.Stored == batch.Count
            || (attempt.Outcomes.Count > 0 && attempt.Outcomes[i] is EventOutcome.Stored or EventOutcome.Late))];

    private static EventOutcome?[] Outcomes(EventBatch batch, WriterLockState gate, IReadOnlyList<int>? places, List<EventConflict> conflicts)
    {
        var outcomes = new EventOutcome?[batch.Count];
        Array.Fill(outcomes, EventOutcome.Duplicate);
        for (var i = 0; i < (places?.Count ?? batch.Count); i++)
        {
            var place = places is null ? i : places[i];
            outcomes[place] = batch.OccurredAt(place) < gate.ClosedUntil ? EventOutcome.Late : EventOutcome.Stored;
        }

        foreach (var conflict in conflicts)
            outcomes[conflict.Index] = null;
        return outcomes;
    }

    /// <summary>Inserts events and passes over those whose id is there.</summary>
    private async Task<int> InsertAsync(
        MySqlConnection connection, MySqlTransaction transaction, EventBatchRows rows, int fewMax, CancellationToken cancellationToken)
    {
        var result = rows.Count <= fewMax
            ? await _bulk.WriteFewAsync(connection, transaction, rows.Table, OnDuplicate.Skip, rows, cancellationToken).ConfigureAwait(false)
            : await _bulk.WriteAsync(connection, transaction, rows.Table, OnDuplicate.Skip, rows, cancellationToken).ConfigureAwait(false);
        if (result.Warnings <= rows.Count - result.Affected)
            return (int)result.Affected;

        // More warnings than rows passed over: a row that the table can't hold as it came.
        var first = await WarningList.FirstAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
        throw new MySqlStoreException(
            $"{database.Place}: table {rows.Table.Name} does not take events as they are. {first} Nothing of the chunk is stored. "
            + "Its columns were changed by hand.", isTransient: false);
    }

    /// <summary>Inserts the events whose id is new, knowing which they are.</summary>
    /// <returns>Their places; null for all.</returns>
    private async Task<IReadOnlyList<int>?> InsertNewAsync(
        MySqlConnection connection, MySqlTransaction transaction, WriterLockState gate, EventBatch batch, int fewMax,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<int>? places = null;
        while (true)
        {
            var unique = new EventBatchRows(batch, gate, places, idsOnly: gate.UsesEventIdTable);
            var inserted = unique.Count == 0
                ? 0
                : await InsertAsync(connection, transaction, unique, fewMax, cancellationToken).ConfigureAwait(false);
            if (inserted == unique.Count)
                break;

            // Some are known: which, is found out without the ones that were just inserted. Again, should another writer bring some meanwhile.
            await transaction.RollbackAsync(WriterLockState.Savepoint, cancellationToken).ConfigureAwait(false);
            places = await new StoredEvents(connection, transaction, gate).FindNewAsync(batch, cancellationToken).ConfigureAwait(false);
        }

        if (gate.UsesEventIdTable)
        {
            var rows = new EventBatchRows(batch, gate, places);
            await _bulk.WriteAllAsync(connection, transaction, rows.Table, rows, rows.Count, areFew: fewMax == AlwaysFew, cancellationToken).ConfigureAwait(false);
        }

        return places;
    }
}
