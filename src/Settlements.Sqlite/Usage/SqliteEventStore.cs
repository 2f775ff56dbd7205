using System.Data.Common;
using System.Text;
using Dapper;
using Microsoft.Data.Sqlite;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Stores usage events in the library's event table.</summary>
internal sealed class SqliteEventStore(SqliteDatabase database) : IEventStore
{
    /// <summary>Rows written between two checks for cancellation.</summary>
    private const int CancellationCheckInterval = 1024;

    private const string Savepoint = "settlement_events";

    /// <summary>The file name as SQLite resolves it.</summary>
    private readonly Lazy<string> _dataSource = new(
        () =>
        {
            using var connection = database.OpenReader();
            return connection.DataSource;
        },
        LazyThreadSafetyMode.PublicationOnly);

    public Task<StoredBatch> StoreAsync(EventBatch batch, int conflictsMax, CancellationToken cancellationToken) =>
        StoreAsync(batch, conflictsMax, outcomes: null, cancellationToken);

    public Task<StoredBatch> StoreWithOutcomesAsync(EventBatch batch, int conflictsMax, CancellationToken cancellationToken) =>
        StoreAsync(batch, conflictsMax, new EventOutcome?[batch.Count], cancellationToken);

    public Task<StoredBatch> StoreInTransactionAsync(DbTransaction transaction, EventBatch batch, CancellationToken cancellationToken)
    {
        if (transaction is not SqliteTransaction { Connection: { } connection } sqliteTransaction)
        {
            throw new ArgumentException(
                $"The transaction is {(transaction is SqliteTransaction ? "already completed" : $"a {transaction.GetType().Name}")}. "
                + $"Pass an open SqliteTransaction on '{database.FileName}'.", nameof(transaction));
        }

        // Another file may have the same tables; the events would be counted there.
        if (connection.DataSource != _dataSource.Value)
        {
            throw new ArgumentException(
                $"The transaction is on '{connection.DataSource}'; the events are stored in "
                + $"'{_dataSource.Value}'. Use a connection to that file.",
                nameof(transaction));
        }

        sqliteTransaction.Save(Savepoint);
        var isStored = false;
        try
        {
            var stored = Store(connection, batch, 0, new EventOutcome?[batch.Count], cancellationToken);
            isStored = stored.Conflicts.Count == 0;
            return Task.FromResult(stored);
        }
        finally
        {
            // After some errors SQLite has already rolled back the transaction, and the savepoint with it.
            if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0)
            {
                if (!isStored)
                    sqliteTransaction.Rollback(Savepoint);
                sqliteTransaction.Release(Savepoint);
            }
        }
    }

    public Task<IReadOnlyList<EventNote>> ListNotesAsync(
        string meter, string itemId, string payeeId, UtcRange range, int countMax, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(countMax, 1);
        cancellationToken.ThrowIfCancellationRequested();
        using var connection = database.OpenReader();
        return Task.FromResult<IReadOnlyList<EventNote>>(EventNoteRows.List(connection, meter, itemId, payeeId, range, countMax));
    }

    private Task<StoredBatch> StoreAsync(EventBatch batch, int conflictsMax, EventOutcome?[]? outcomes, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(conflictsMax);
        return database.WriteAsync(
            (connection, _) => Task.FromResult(Store(connection, batch, conflictsMax, outcomes, cancellationToken)),
            stored => stored.Conflicts.Count <= conflictsMax,
            cancellationToken);
    }

    private static StoredBatch Store(
        SqliteConnection connection, EventBatch batch, int conflictsMax, EventOutcome?[]? outcomes, CancellationToken cancellationToken)
    {
        // The write lock is held, so no close can start while these rows are written. A caller's transaction that has only read so far
        // acquires the lock with its first insert, which fails if another connection has written since that read.
        var (closedUntil, openDay) = FindOpenDay(connection);
        var (stored, duplicates, late) = (0, 0, 0);
        var conflicts = new List<EventConflict>();
        using var insert = new SqliteStatement(connection, """
            INSERT INTO usage_events (occurred_at, event_id, meter, item_id, payee_id, quantity, posting_date, reason, reference)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """);
        using var find = new SqliteStatement(
            connection, "SELECT occurred_at, meter, item_id, payee_id, quantity, reason, reference FROM usage_events WHERE event_id = ?");
        using var notes = batch.HasNotes ? new EventNoteRows(connection) : null;
        Span<byte> id = stackalloc byte[16];
        insert.Bind(7, (string?)null).Bind(8, (string?)null).Bind(9, (string?)null);
        var (wasLate, previous) = (false, -1);
        var order = EventOrder.Of(batch);
        for (var row = 0; row < batch.Count; row++)
        {
            if (row % CancellationCheckInterval == 0)
                cancellationToken.ThrowIfCancellationRequested();
            var i = order is null ? row : order[row];

            batch.EventId(i).TryWriteBytes(id, bigEndian: true, out _);
            var isLate = batch.OccurredAt(i) < closedUntil;
            insert.Bind(1, batch.OccurredAt(i)).BindBlob(2, id).BindText(4, batch.ItemId(i)).BindText(5, batch.PayeeId(i))
                .Bind(6, batch.Quantity(i));

            // A statement keeps its bound values, and meter and lateness are nearly always those of the previous row.
            if (previous < 0 || !batch.Meter(i).SequenceEqual(batch.Meter(previous)))
                insert.BindText(3, batch.Meter(i));
            previous = i;
            if (isLate != wasLate)
                insert.Bind(7, isLate ? openDay : null);
            wasLate = isLate;
            if (notes is not null)
                EventNoteRows.Bind(insert, 8, batch, i);
            EventOutcome? outcome = null;
            if (insert.Execute() == 1)
            {
                notes?.Add(id, batch, i);
                outcome = isLate ? EventOutcome.Late : EventOutcome.Stored;
                stored++;
                late += isLate ? 1 : 0;
            }
            else if (FindConflict(find, id, batch, i) is { } conflict)
            {
                // In another order than that of the rows, the first conflicts are known at the end.
                conflicts.Add(conflict);
                if (conflicts.Count > conflictsMax && order is null)
                    return new StoredBatch(0, 0, 0, conflicts);
            }
            else
            {
                outcome = EventOutcome.Duplicate;
                duplicates++;
            }

            if (outcomes is not null)
                outcomes[i] = outcome;
        }

        if (order is not null)
            conflicts.Sort((a, b) => a.Index.CompareTo(b.Index));
        return conflicts.Count > conflictsMax
            ? new StoredBatch(0, 0, 0, conflicts[..(conflictsMax + 1)])
            : new StoredBatch(stored, duplicates, late, conflicts) { Outcomes = outcomes ?? [] };
    }

    private static (long ClosedUntil, string? OpenDay) FindOpenDay(SqliteConnection connection)
    {
        var last = connection.QuerySingleOrDefault<(string? Day, long EndsAt)>(
            "SELECT day, ends_at FROM business_days ORDER BY day DESC LIMIT 1");
        return last.Day is null
            ? (long.MinValue, null)
            : (last.EndsAt, DayText.From(DayText.Parse(last.Day).AddDays(1)));
    }

    /// <summary>Finds the stored event with the same id; null when its content is the same, too.</summary>
    private static EventConflict? FindConflict(SqliteStatement find, ReadOnlySpan<byte> id, EventBatch batch, int index)
    {
        find.BindBlob(1, id);
        try
        {
            if (!find.Step())
            {
                throw new InvalidOperationException(
                    $"Event {batch.EventId(index)} was neither stored nor found. The database may be damaged: run PRAGMA integrity_check.");
            }

            var isSame = find.Int64(0) == batch.OccurredAt(index) && find.Bytes(1).SequenceEqual(batch.Meter(index))
                && find.Bytes(2).SequenceEqual(batch.ItemId(index)) && find.Bytes(3).SequenceEqual(batch.PayeeId(index))
                && find.Int64(4) == batch.Quantity(index) && find.Bytes(5).SequenceEqual(batch.Reason(index))
                && find.Bytes(6).SequenceEqual(batch.Reference(index));
            return isSame ? null : new EventConflict(index, new UsageEvent(
                batch.EventId(index), UnixMicroseconds.ToInstant(find.Int64(0)), Encoding.UTF8.GetString(find.Bytes(1)),
                Encoding.UTF8.GetString(find.Bytes(2)), Encoding.UTF8.GetString(find.Bytes(3)), find.Int64(4))
            {
                Reason = Encoding.UTF8.GetString(find.Bytes(5)),
                Reference = Encoding.UTF8.GetString(find.Bytes(6)),
            });
        }
        finally
        {
            find.Reset();
        }
    }
}
