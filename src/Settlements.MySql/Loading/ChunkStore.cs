using System.Globalization;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>
/// Commits each chunk with its checkpoint exactly once; after a deadlock, a lock timeout or a lost connection the complete transaction is
/// retried.
/// </summary>
internal sealed class ChunkStore(
    MySqlDatabase database, TargetTable target, BulkTable table, TableLoadOptions options, SortedList<long, Checkpoint> recorded)
    : ILoadTarget<EncodedChunk>
{
    private readonly BulkInsert _bulk = new(database.Server, database.Location, database.Options.CommandTimeout);

    public EncodedChunk CreateChunk() => new(target);

    /// <summary>Stores a chunk. Rejected rows are reported before the commit.</summary>
    /// <returns>The outcome of the rows; if another instance committed the chunk meanwhile, its outcome.</returns>
    public async Task<ChunkOutcome> StoreAsync(
        EncodedChunk chunk, int rejectsMax, Func<IReadOnlyList<RejectedRow>, Task> report, CancellationToken cancellationToken)
    {
        ChunkOutcome? lastOutcome = null;
        for (var attempt = 0; ; attempt++)
        {
            ChunkOutcome? outcome = null;
            try
            {
                return await database.WriteOnceAsync(
                    async (connection, transaction) =>
                    {
                        if (lastOutcome is not null && await Checkpoints.ExistsAsync(connection, transaction, options.Key!, chunk)
                            .ConfigureAwait(false))
                            return lastOutcome;
                        outcome = await StoreAsync(connection, transaction, chunk, rejectsMax, cancellationToken).ConfigureAwait(false);
                        if (outcome.Rejected.Count > 0 && outcome.Rejected.Count <= rejectsMax)
                            await report(outcome.Rejected).ConfigureAwait(false);
                        return outcome;
                    },
                    stored => !stored.IsResumed && stored.Rejected.Count <= rejectsMax,
                    cancellationToken).ConfigureAwait(false);
            }
            catch (MySqlStoreException e) when (e.IsCommitUnknown && options.Key is null)
            {
                throw new MySqlStoreException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{e.Message} Rows {chunk.FirstRow} to {chunk.FirstRow + chunk.RowCount - 1} of the load may be stored or not: check "
                    + $"the table. With a Key the loader determines the outcome itself."), isTransient: false, e.InnerException);
            }
            catch (MySqlStoreException e) when (e.IsTransient && attempt < database.Options.RetriesMax)
            {
                lastOutcome = e.IsCommitUnknown ? outcome : lastOutcome;
                await Task.Delay(MySqlDatabase.RetryDelay.DelayAfter(attempt), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Returns the outcome of a chunk that an earlier start committed.</summary>
    public async Task<ChunkOutcome> ResumeAsync(EncodedChunk chunk, CancellationToken cancellationToken)
    {
        var done = recorded[chunk.FirstRow];
        Checkpoints.RequireSame(options.Key!, done, chunk);
        if (done.Rejected == 0 || options.OnRejected is null)
            return new ChunkOutcome { IsResumed = true, RejectedBefore = done.Rejected };
        var connection = await database.OpenWriterAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var rows = await RecordedRejects.ReadAsync(connection, transaction: null, options.Key!, done.FirstRow, cancellationToken)
            .ConfigureAwait(false);
        return new ChunkOutcome { IsResumed = true, RejectedBefore = done.Rejected, Unreported = rows };
    }

    private async Task<ChunkOutcome> StoreAsync(
        MySqlConnection connection, MySqlTransaction transaction, EncodedChunk chunk, int rejectsMax, CancellationToken cancellationToken)
    {
        if (options.Key is not null)
        {
            try
            {
                await Checkpoints.AddAsync(connection, transaction, options.Key, chunk, chunk.Checksum()).ConfigureAwait(false);
            }
            catch (MySqlException e) when (e.Number == RowFaults.DuplicateKey)
            {
                return new ChunkOutcome
                {
                    IsResumed = true,
                    RejectedBefore = await Checkpoints.RejectedAsync(connection, transaction, options.Key, chunk).ConfigureAwait(false),
                    Unreported = await RecordedRejects.ReadAsync(connection, transaction, options.Key, chunk.FirstRow, cancellationToken)
                        .ConfigureAwait(false),
                };
            }
        }

        var parts = new ChunkTransaction(_bulk, connection, transaction, table, chunk, options.OnConflict, rejectsMax, cancellationToken);
        var outcome = await parts.StoreAsync().ConfigureAwait(false);
        if (options.Key is not null && outcome.Rejected.Count <= rejectsMax)
            await Checkpoints.SetAsync(connection, transaction, options.Key, chunk, outcome).ConfigureAwait(false);
        return outcome;
    }
}
