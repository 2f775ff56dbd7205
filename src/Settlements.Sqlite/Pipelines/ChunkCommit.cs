using Dapper;
using Settlements.Pipelines;

namespace Settlements.Sqlite;

/// <summary>Writes a chunk's results with their checkpoint, after other writers had their turn.</summary>
internal static class ChunkCommit
{
    /// <param name="database">Where.</param>
    /// <param name="claim">The chunk.</param>
    /// <param name="result">What to write.</param>
    /// <param name="completedAt">When the run ends with its last chunk; null when the step is not the last.</param>
    /// <param name="cancellationToken">Stops before the commit.</param>
    public static Task WriteAsync(
        SqliteDatabase database, PipelineLease claim, ChunkResult result, long? completedAt, CancellationToken cancellationToken) => database.WriteBehindOthersAsync(
        async (connection, transaction) =>
        {
            // The fence, first: a worker whose chunk was taken over, or whose run was abandoned, has an old fencing token and writes nothing.
            var isOwned = await connection.ExecuteAsync(
                """
                UPDATE pipeline_chunks SET done = 1, rows = @Rows, owner = NULL
                WHERE run_id = @RunId AND step = @Step AND chunk = @Number AND done = 0 AND fencing_token = @FencingToken
                """,
                new { result.Rows, claim.Chunk.RunId, claim.Chunk.Step, claim.Chunk.Number, claim.FencingToken }, transaction).ConfigureAwait(false) == 1;
            if (!isOwned)
                throw new LeaseLostException(claim);
            await result.WriteAsync(transaction, cancellationToken).ConfigureAwait(false);
            if (completedAt is { } now)
            {
                await connection.ExecuteAsync(
                    """
                    UPDATE pipeline_runs SET state = 'completed', ended_at = @now, failure = NULL
                    WHERE run_id = @RunId
                      AND NOT EXISTS (SELECT 1 FROM pipeline_chunks WHERE run_id = @RunId AND step = @Step AND done = 0)
                    """,
                    new { claim.Chunk.RunId, claim.Chunk.Step, now }, transaction).ConfigureAwait(false);
            }

            return 0;
        },
        cancellationToken);
}
