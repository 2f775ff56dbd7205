using Dapper;
using Microsoft.Data.Sqlite;

namespace Settlements.Sqlite;

/// <summary>Abandons unfinished runs.</summary>
internal static class AbandonedRuns
{
    /// <summary>Abandons the unfinished run of a pipeline and key, if there is one, in the transaction that reverts its purpose.</summary>
    public static async Task AbandonAsync(SqliteConnection connection, SqliteTransaction transaction, string pipeline, string key, long now)
    {
        var unfinished = await connection.QueryAsync<long>(
            "SELECT run_id FROM pipeline_runs WHERE pipeline = @pipeline AND key = @key AND state NOT IN ('completed', 'abandoned')",
            new { pipeline, key }, transaction).ConfigureAwait(false);
        foreach (var runId in unfinished)
            await AbandonAsync(connection, transaction, runId, now).ConfigureAwait(false);
    }

    /// <summary>
    /// Abandons an unfinished run and increments the fencing tokens of its chunks, so that its workers can't write any more.
    /// </summary>
    /// <returns>Whether the run was unfinished.</returns>
    public static async Task<bool> AbandonAsync(SqliteConnection connection, SqliteTransaction transaction, long runId, long now)
    {
        var isAbandoned = await connection.ExecuteAsync(
            "UPDATE pipeline_runs SET state = 'abandoned', ended_at = @now "
            + "WHERE run_id = @runId AND state NOT IN ('completed', 'abandoned')",
            new { runId, now }, transaction).ConfigureAwait(false) == 1;
        if (isAbandoned)
        {
            await connection.ExecuteAsync(
                "UPDATE pipeline_chunks SET owner = NULL, fencing_token = fencing_token + 1, lease_until = 0 "
                + "WHERE run_id = @runId AND done = 0",
                new { runId }, transaction).ConfigureAwait(false);
        }

        return isAbandoned;
    }
}
