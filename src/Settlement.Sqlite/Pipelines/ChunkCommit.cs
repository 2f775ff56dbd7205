using Dapper;
using Microsoft.Data.Sqlite;
using Settlement.Pipelines;
using Settlement.Sqlite.Connections;

namespace Settlement.Sqlite.Pipelines;

/// <summary>
/// Writes a chunk's results: the parts that nobody reads yet in transactions of their own, so that other writers get their turn between them, and
/// the rest with the checkpoint. Each is fenced.
/// </summary>
internal static class ChunkCommit
{
    /// <summary>Stands for the rows of a chunk that is not done, and of which parts were committed ahead: another attempt deletes them first.</summary>
    private const int HasPartsAhead = -1;

    /// <param name="database">Where.</param>
    /// <param name="claim">The chunk.</param>
    /// <param name="result">What to write.</param>
    /// <param name="completedAt">When the run ends with its last chunk; null when the step is not the last.</param>
    /// <param name="cancellationToken">Stops before a commit.</param>
    public static async Task WriteAsync(
        SqliteDatabase database, Claim claim, ChunkResult result, long? completedAt, CancellationToken cancellationToken)
    {
        for (var i = 0; i < result.Ahead.Count; i++)
        {
            var (part, isFirst) = (result.Ahead[i], i == 0);
            await database.WriteBehindOthersAsync(
                async (connection, transaction) =>
                {
                    await RequireAsync(connection, transaction, claim, isFirst ? result : null, cancellationToken).ConfigureAwait(false);
                    await part(transaction, cancellationToken).ConfigureAwait(false);
                    return 0;
                },
                cancellationToken).ConfigureAwait(false);
        }

        await database.WriteBehindOthersAsync(
            async (connection, transaction) =>
            {
                await RequireAsync(connection, transaction, claim, result.Ahead.Count == 0 ? result : null, cancellationToken).ConfigureAwait(false);
                await connection.ExecuteAsync(
                    "UPDATE pipeline_chunks SET done = 1, rows = @Rows, owner = NULL WHERE run_id = @RunId AND step = @Step AND chunk = @Number",
                    new { result.Rows, claim.Chunk.RunId, claim.Chunk.Step, claim.Chunk.Number }, transaction).ConfigureAwait(false);
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
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The fence, first: a worker whose chunk was taken over, or whose run was abandoned, has an old epoch and writes nothing.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="transaction">The transaction.</param>
    /// <param name="claim">The chunk.</param>
    /// <param name="begun">For the first transaction of an attempt: what it writes.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    private static async Task RequireAsync(
        SqliteConnection connection, SqliteTransaction transaction, Claim claim, ChunkResult? begun, CancellationToken cancellationToken)
    {
        var rows = await connection.ExecuteScalarAsync<long?>(
            "SELECT rows FROM pipeline_chunks WHERE run_id = @RunId AND step = @Step AND chunk = @Number AND done = 0 AND epoch = @Epoch",
            new { claim.Chunk.RunId, claim.Chunk.Step, claim.Chunk.Number, claim.Epoch }, transaction).ConfigureAwait(false)
            ?? throw new LeaseLostException(claim);
        if (begun is null)
            return;
        if (rows == HasPartsAhead && begun.UndoAheadAsync is { } undo)
            await undo(transaction, cancellationToken).ConfigureAwait(false);
        if (begun.Ahead.Count > 0)
        {
            await connection.ExecuteAsync(
                "UPDATE pipeline_chunks SET rows = @HasPartsAhead WHERE run_id = @RunId AND step = @Step AND chunk = @Number",
                new { HasPartsAhead, claim.Chunk.RunId, claim.Chunk.Step, claim.Chunk.Number }, transaction).ConfigureAwait(false);
        }
    }
}
