using System.Collections.Concurrent;
using System.Globalization;
using MySqlConnector;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>
/// Stores batches of new events in one round trip, including the lock and the commit: for the usual case that no event is late, stored
/// before, or has a reason or a reference. In any other case nothing is stored, and the caller stores the batch in the ordinary way.
/// Thread-safe.
/// </summary>
internal sealed class DirectEvents(MySqlDatabase database)
{
    /// <summary>The maximum rows of a statement.</summary>
    private const int RowsMax = 1_000;

    private readonly ConcurrentBag<DirectEventText> _texts = [];

    /// <summary>
    /// The last known state. It only avoids statements that would store nothing, since the server compares the events with the current one.
    /// </summary>
    private volatile WriterLockState? _last;

    /// <summary>Records the state that was read with the lock.</summary>
    public void Observe(WriterLockState writerLock) => _last = writerLock;

    /// <summary>Stores all events of a batch.</summary>
    /// <returns>Null if nothing was stored, because an event is late or already stored, or the server refuses the batch.</returns>
    /// <exception cref="MySqlStoreException">
    /// A transient error. If the connection was lost, either all events are stored or none.
    /// </exception>
    public async Task<StoredBatch?> TryStoreAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        if (FirstInstant(batch) is not { } firstInstant)
            return null;
        var isStored = await database.WriteDirectlyAsync(
            connection => TryStoreAsync(connection, batch, firstInstant, cancellationToken), cancellationToken).ConfigureAwait(false);
        return isStored
            ? new StoredBatch(batch.Count, 0, 0, []) { Outcomes = AllStored(batch.Count) }
            : null;
    }

    private static EventOutcome?[] AllStored(int count)
    {
        var outcomes = new EventOutcome?[count];
        Array.Fill(outcomes, EventOutcome.Stored);
        return outcomes;
    }

    /// <summary>Returns the earliest instant of a batch, or null if its events can't be stored in one round trip.</summary>
    private long? FirstInstant(EventBatch batch)
    {
        if (batch.Count is 0 or > RowsMax || batch.HasNotes)
            return null;
        var last = _last;
        var notBefore = last is null ? long.MinValue : Math.Max(last.ClosedUntil, last.DroppingBefore);
        var first = long.MaxValue;
        for (var i = 0; i < batch.Count; i++)
        {
            first = Math.Min(first, batch.OccurredAt(i));

            // The only values that strict mode shortens with a warning instead of an error, in columns that were changed manually.
            if (batch.Meter(i)[^1] == ' ' || batch.ItemId(i)[^1] == ' ' || batch.PayeeId(i)[^1] == ' ')
                return null;
        }

        return first < notBefore ? null : first;
    }

    private async Task<bool> TryStoreAsync(
        MySqlConnection connection, EventBatch batch, long firstInstant, CancellationToken cancellationToken)
    {
        if (connection.ServerVersion.Contains("TiDB", StringComparison.Ordinal))
            return false; // its rows are locked by the statements of explicit transactions only

        var usesEventIdTable = _last?.UsesEventIdTable ?? false;
        var isTransaction = batch.Count > 1 || usesEventIdTable;
        var command = connection.CreateCommand();
        await using var _ = command.ConfigureAwait(false);
#pragma warning disable CA2100 // the values are escaped
        command.CommandText = Text(connection, batch, firstInstant, usesEventIdTable, isTransaction);
#pragma warning restore CA2100
        var isCompleted = false;
        try
        {
            var affected = await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            isCompleted = true;
            return isTransaction || affected == 1;
        }
        catch (MySqlException e) when (!MySqlErrorTranslator.IsTransient(e) && !cancellationToken.IsCancellationRequested)
        {
            // A duplicate, another state, or an error that the ordinary way reports.
            return false;
        }
        finally
        {
            if (isTransaction && !isCompleted)
                await ConnectionSession.RollBackAsync(connection).ConfigureAwait(false);
        }
    }

    private string Text(MySqlConnection connection, EventBatch batch, long firstInstant, bool usesEventIdTable, bool isTransaction)
    {
        if (!_texts.TryTake(out var text))
            text = new DirectEventText();
        var slot = (connection.ServerThread % WriterLock.Count).ToString(CultureInfo.InvariantCulture);
        var shared = WriterLock.SharedClause(connection);
        var statements = isTransaction ? text.OfMany(batch, firstInstant, slot, shared, usesEventIdTable) : text.OfOne(batch, slot, shared);
        _texts.Add(text);
        return statements;
    }
}
