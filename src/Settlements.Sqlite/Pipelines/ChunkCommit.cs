using Dapper;
using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Writes a chunk's results and its checkpoint in one transaction.</summary>
internal static class ChunkCommit
{
    /// <param name="database">The database.</param>
    /// <param name="lease">The lease of the chunk.</param>
    /// <param name="result">The results to write.</param>
    /// <param name="completedAt">The time at which the run completes with its last chunk; null when the step is not the last.</param>
    /// <param name="cancellationToken">Stops before the commit.</param>
    /// <exception cref="LeaseLostException">Another instance claimed the chunk, or the run was abandoned.</exception>
    public static Task WriteAsync(
        SqliteDatabase database, PipelineLease lease, ChunkResult result, long? completedAt, CancellationToken cancellationToken) =>
        database.WriteAtLowPriorityAsync(
        async (connection, transaction) =>
        {
            // First the fencing token: after another instance has claimed the chunk, or the run was abandoned, this worker writes nothing.
            var isOwned = await connection.ExecuteAsync(
                """
                UPDATE pipeline_chunks SET done = 1, rows = @Rows, owner = NULL
                WHERE run_id = @RunId AND step = @Step AND chunk = @Number AND done = 0 AND fencing_token = @FencingToken
                """,
                new { result.Rows, lease.Chunk.RunId, lease.Chunk.Step, lease.Chunk.Number, lease.FencingToken }, transaction)
                .ConfigureAwait(false) == 1;
            if (!isOwned)
                throw new LeaseLostException(lease);
            await result.WriteAsync(transaction, cancellationToken).ConfigureAwait(false);
            if (completedAt is { } now)
            {
                await connection.ExecuteAsync(
                    """
                    UPDATE pipeline_runs SET state = 'completed', ended_at = @now, failure = NULL
                    WHERE run_id = @RunId
                      AND NOT EXISTS (SELECT 1 FROM pipeline_chunks WHERE run_id = @RunId AND step = @Step AND done = 0)
                    """,
                    new { lease.Chunk.RunId, lease.Chunk.Step, now }, transaction).ConfigureAwait(false);
            }

            return 0;
        },
        cancellationToken);
}
