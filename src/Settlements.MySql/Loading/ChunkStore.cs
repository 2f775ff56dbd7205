using System.Globalization;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>Commits chunks with their checkpoints, each once; after a deadlock, a lock timeout or a lost connection the whole transaction again.</summary>
internal sealed class ChunkStore(
    MySqlDatabase database, TargetTable target, BulkTable table, TableLoadOptions options, SortedList<long, Checkpoint> recorded)
    : ILoadTarget<EncodedChunk>
{
    private readonly BulkInsert _bulk = new(database.Server, database.Location, database.Options.CommandTimeout);

    public EncodedChunk CreateChunk() => new(target);

    /// <summary>Stores a chunk. Rejected rows are reported before the commit.</summary>
    /// <returns>What became of the rows, now or, when another process committed the chunk meanwhile, there.</returns>
    public async Task<ChunkOutcome> StoreAsync(
        EncodedChunk chunk, int rejectsMax, Func<IReadOnlyList<RejectedRow>, Task> report, CancellationToken cancellationToken)
    {
        ChunkOutcome? unanswered = null;
        for (var attempt = 0; ; attempt++)
        {
            ChunkOutcome? outcome = null;
            try
            {
                return await database.WriteOnceAsync(
                    async (connection, transaction) =>
                    {
                        if (unanswered is not null && await Checkpoints.ExistsAsync(connection, transaction, options.Key!, chunk).ConfigureAwait(false))
                            return unanswered;
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
                    $"{e.Message} Rows {chunk.FirstRow} to {chunk.FirstRow + chunk.RowCount - 1} of the load may be stored or not: look for them in the "
                    + $"table. Give a Key, with which the loader decides it by itself."), isTransient: false, e.InnerException);
            }
            catch (MySqlStoreException e) when (e.IsTransient && attempt < database.Options.RetriesMax)
            {
                unanswered = e.IsCommitUnknown ? outcome : unanswered;
                await Task.Delay(MySqlDatabase.RetryDelay.DelayAfter(attempt), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>What became of a chunk that an earlier start has committed.</summary>
    public async Task<ChunkOutcome> ResumeAsync(EncodedChunk chunk, CancellationToken cancellationToken)
    {
        var done = recorded[chunk.FirstRow];
        Checkpoints.RequireSame(options.Key!, done, chunk);
        if (done.Rejected == 0 || options.OnRejected is null)
            return new ChunkOutcome { IsResumed = true, RejectedBefore = done.Rejected };
        var connection = await database.OpenWriterAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var rows = await RecordedRejects.ReadAsync(connection, transaction: null, options.Key!, done.FirstRow, cancellationToken).ConfigureAwait(false);
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
