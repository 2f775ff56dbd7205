using Dapper;
using MySqlConnector;
using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>Claims chunks and commits their results. If the outcome of a commit is unknown, it is read from the chunk's row.</summary>
internal static class ChunkClaims
{
    private const string IsFree =
        "done = 0 AND (owner IS NULL OR lease_until < @now OR (owner = @owner AND chunk NOT IN @held))";

    public static async Task<PipelineLease?> ClaimAsync(
        MySqlDatabase database, long runId, int step, string owner, IReadOnlyCollection<int> held, DateTime now, TimeSpan lease,
        CancellationToken cancellationToken)
    {
        PipelineLease? last = null;
        return await database.WriteAsync(
            async (connection, transaction) =>
            {
                // The outcome of the previous attempt's commit is unknown: only it sets this owner with this fencing token.
                if (last is not null && await HoldsAsync(connection, transaction, last).ConfigureAwait(false))
                    return last;

                // Locked, so that the run can't be abandoned between this query and the claim.
                var state = await connection.ExecuteScalarAsync<string?>(
                    $"SELECT {Rows.Text("state")} FROM pipeline_runs WHERE run_id = @runId FOR UPDATE", new { runId }, transaction)
                        .ConfigureAwait(false);
                if (state == RunStates.Abandoned)
                    throw new RunAbandonedException(runId);
                while (true)
                {
                    var free = await FindFreeAsync(connection, transaction, runId, step, owner, held, now).ConfigureAwait(false);
                    if (free is null && await ReleaseOrphanedChunksAsync(connection, transaction, runId).ConfigureAwait(false) > 0)
                        free = await FindFreeAsync(connection, transaction, runId, step, owner, held, now).ConfigureAwait(false);
                    if (free is null)
                        return last = null;
                    var claimed = await connection.ExecuteAsync(
                        $"""
                        UPDATE pipeline_chunks SET owner = @owner, fencing_token = fencing_token + 1, lease_until = @until
                        WHERE run_id = @runId AND step = @step AND chunk = @Number AND fencing_token = @FencingToken AND {IsFree}
                        """,
                        new
                        {
                            runId, step, free.Number, free.FencingToken, owner, held = held.Append(-1), now, until = now + lease,
                        },
                        transaction).ConfigureAwait(false);
                    if (claimed == 0)
                        continue;
                    return last = new PipelineLease(
                        new PipelineChunk(runId, step, free.Number, free.Bounds), owner, free.FencingToken + 1);
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Commits a chunk's result with its checkpoint.</summary>
    /// <param name="database">The database.</param>
    /// <param name="claim">The lease of the chunk.</param>
    /// <param name="result">The result.</param>
    /// <param name="completedAt">The end of the run if this is its last chunk; null if the step is not the last.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    public static async Task CommitAsync(
        MySqlDatabase database, PipelineLease claim, ChunkResult result, DateTime? completedAt, CancellationToken cancellationToken)
    {
        try
        {
            await database.WriteOnceAsync(
                async (connection, transaction) =>
                {
                    await WriteAsync(connection, transaction, claim, result, completedAt, cancellationToken).ConfigureAwait(false);
                    return 0;
                },
                _ => true, cancellationToken).ConfigureAwait(false);
        }
        catch (MySqlStoreException e) when (e.IsCommitUnknown)
        {
            // The row lock waits until the server has committed or rolled back the transaction.
            var isDone = await database.WriteAsync(
                (connection, transaction) => IsDoneAsync(connection, transaction, claim), cancellationToken).ConfigureAwait(false);
            if (!isDone)
                throw;
        }
    }

    /// <summary>
    /// Releases the chunks of dead instances of this machine immediately, before their leases expire. If an instance is alive after all,
    /// its writes are refused by the fencing token.
    /// </summary>
    /// <returns>The number of released chunks.</returns>
    public static async Task<int> ReleaseOrphanedChunksAsync(MySqlConnection connection, MySqlTransaction transaction, long runId)
    {
        var owners = await connection.QueryAsync<string>(
            $"SELECT DISTINCT {Rows.Text("owner")} FROM pipeline_chunks WHERE run_id = @runId AND done = 0 AND owner IS NOT NULL",
            new { runId },
            transaction).ConfigureAwait(false);
        var freed = 0;
        foreach (var owner in owners.Where(InstanceId.IsDead))
        {
            freed += await connection.ExecuteAsync(
                """
                UPDATE pipeline_chunks SET owner = NULL, fencing_token = fencing_token + 1, lease_until = NULL
                WHERE run_id = @runId AND done = 0 AND owner = @owner
                """,
                new { runId, owner }, transaction).ConfigureAwait(false);
        }

        return freed;
    }

    /// <summary>
    /// Finds a free chunk without locking: a locking read would wait for each chunk before it that is being committed, which takes as long
    /// as the insertion of its lines. The claim checks the condition again.
    /// </summary>
    private static Task<FreeChunk?> FindFreeAsync(
        MySqlConnection connection, MySqlTransaction transaction, long runId, int step, string owner, IReadOnlyCollection<int> held,
        DateTime now) =>
        connection.QuerySingleOrDefaultAsync<FreeChunk>(
            $"""
            SELECT chunk AS Number, {Rows.Text("bounds")} AS Bounds, fencing_token AS FencingToken FROM pipeline_chunks
            WHERE run_id = @runId AND step = @step AND {IsFree} ORDER BY chunk LIMIT 1
            """,
            new { runId, step, owner, held = held.Append(-1), now }, transaction);

    private static async Task WriteAsync(
        MySqlConnection connection, MySqlTransaction transaction, PipelineLease claim, ChunkResult result, DateTime? completedAt,
        CancellationToken cancellationToken)
    {
        // The fencing check comes first: a worker whose chunk was reclaimed, or whose run was abandoned, has an old token and writes
        // nothing.
        var isOwned = await connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE pipeline_chunks SET done = 1, rows_read = @Rows, owner = NULL
            WHERE run_id = @RunId AND step = @Step AND chunk = @Number AND done = 0 AND fencing_token = @FencingToken
            """,
            new { result.Rows, claim.Chunk.RunId, claim.Chunk.Step, claim.Chunk.Number, claim.FencingToken }, transaction,
            cancellationToken: cancellationToken)).ConfigureAwait(false) == 1;
        if (!isOwned)
            throw new LeaseLostException(claim);

        await result.WriteAsync(transaction, cancellationToken).ConfigureAwait(false);
        if (completedAt is { } now)
        {
            await connection.ExecuteAsync(
                """
                UPDATE pipeline_runs SET state = 'completed', ended_at = @now, failure = NULL
                WHERE run_id = @RunId AND NOT EXISTS (SELECT 1 FROM pipeline_chunks WHERE run_id = @RunId AND step = @Step AND done = 0)
                """,
                new { claim.Chunk.RunId, claim.Chunk.Step, now }, transaction).ConfigureAwait(false);
        }
    }

    private static async Task<bool> HoldsAsync(MySqlConnection connection, MySqlTransaction transaction, PipelineLease claim) =>
        await connection.ExecuteScalarAsync<long>(
            """
            SELECT count(*) FROM pipeline_chunks
            WHERE run_id = @RunId AND step = @Step AND chunk = @Number AND done = 0 AND owner = @Owner AND fencing_token = @FencingToken
                FOR UPDATE
            """,
            new { claim.Chunk.RunId, claim.Chunk.Step, claim.Chunk.Number, claim.Owner, claim.FencingToken }, transaction)
                .ConfigureAwait(false) == 1;

    private static async Task<bool> IsDoneAsync(MySqlConnection connection, MySqlTransaction transaction, PipelineLease claim) =>
        await connection.ExecuteScalarAsync<long>(
            """
            SELECT count(*) FROM pipeline_chunks
            WHERE run_id = @RunId AND step = @Step AND chunk = @Number AND done = 1 AND fencing_token = @FencingToken FOR UPDATE
            """,
            new { claim.Chunk.RunId, claim.Chunk.Step, claim.Chunk.Number, claim.FencingToken }, transaction).ConfigureAwait(false) == 1;

    private sealed class FreeChunk
    {
        public int Number { get; set; }

        public string Bounds { get; set; } = "";

        public long FencingToken { get; set; }
    }
}
