using MySqlConnector;

namespace Settlements.MySql;

/// <summary>
/// Stores a chunk's rows in a transaction. LOAD DATA LOCAL turns errors of rows into warnings and continues; so if anything was not stored
/// as sent, the rows are rolled back to a savepoint and stored in halves, down to single rows.
/// </summary>
internal sealed class ChunkTransaction(
    BulkInsert bulk, MySqlConnection connection, MySqlTransaction transaction, BulkTable table, EncodedChunk chunk, OnConflict onConflict,
    int rejectsMax, CancellationToken cancellationToken)
{
    private const string Savepoint = "chunk_part";

    private readonly ChunkOutcome _outcome = new();

    /// <summary>Stores the valid rows.</summary>
    /// <returns>The outcome of the rows; if more are rejected than allowed, it is incomplete and must not be committed.</returns>
    public async Task<ChunkOutcome> StoreAsync()
    {
        _outcome.Rejected.AddRange(chunk.Rejected);
        if (chunk.Count > 0)
            await StoreAsync(0, chunk.Count).ConfigureAwait(false);
        _outcome.Rejected.Sort(static (one, other) => one.RowNumber.CompareTo(other.RowNumber));
        return _outcome;
    }

    private async Task StoreAsync(int from, int to)
    {
        if (_outcome.Rejected.Count > rejectsMax)
            return;
        await transaction.SaveAsync(Savepoint, cancellationToken).ConfigureAwait(false);
        if (await TryAsync(from, to).ConfigureAwait(false) is not { } error)
            return;

        await transaction.RollbackAsync(Savepoint, cancellationToken).ConfigureAwait(false);
        if (to - from == 1)
        {
            _outcome.Rejected.Add(
                chunk.PositionOf(from).Rejected(RowFaults.Column(error), RowFaults.Reason(error), RawText.Of(chunk.Encoded(from, to))));
            return;
        }

        var middle = from + (to - from) / 2;
        await StoreAsync(from, middle).ConfigureAwait(false);
        await StoreAsync(middle, to).ConfigureAwait(false);
    }

    /// <summary>Sends rows, and counts them if all were stored as sent.</summary>
    /// <returns>Null, or the server's message about the first row that was not.</returns>
    private async Task<string?> TryAsync(int from, int to)
    {
        BulkResult result;
        try
        {
            result = await bulk.WriteAsync(
                connection, transaction, table, onConflict == OnConflict.Replace ? OnDuplicate.Replace : OnDuplicate.Skip,
                chunk.Range(from, to),
                cancellationToken).ConfigureAwait(false);
        }
        catch (MySqlException e) when (RowFaults.IsOfRow(e))
        {
            return e.Message;
        }

        var sent = to - from;
        if (result.Warnings == 0 && (onConflict == OnConflict.Replace ? result.Affected >= sent : result.Affected == sent))
        {
            _outcome.Stored += sent;
            return null;
        }

        var warnings = await WarningList.ReadAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
        var error = warnings.FirstOrDefault(w => onConflict != OnConflict.Skip || w.Code != RowFaults.DuplicateKey).Message;
        if (error is null && result.Warnings == warnings.Count && warnings.Count == sent - result.Affected)
        {
            // All warnings are duplicate keys.
            _outcome.Stored += result.Affected;
            _outcome.Duplicates += sent - result.Affected;
            return null;
        }

        return error ?? FormattableString.Invariant(
            $"The server stored {result.Affected} of {sent} rows without a warning that names the reason");
    }
}
