using Dapper;
using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Stores the history of runs, and their incidents.</summary>
internal sealed class SqliteRunHistory(SqliteDatabase database, TimeProvider clock) : IRunHistory
{
    private long Now => UnixMicroseconds.From(clock.GetUtcNow());

    public Task RecordIncidentAsync(long runId, RunIncident incident, CancellationToken cancellationToken) =>
        database.WriteAsync(
            (connection, transaction) => connection.ExecuteAsync(
                """
                INSERT INTO pipeline_incidents (run_id, noted_at, step, chunk, reason) SELECT @runId, @now, @Step, @Chunk, @Reason
                WHERE (SELECT count(*) FROM pipeline_incidents WHERE run_id = @runId) < @CountMax
                """,
                new { runId, now = Now, incident.Step, incident.Chunk, incident.Reason, RunIncident.CountMax }, transaction),
            cancellationToken);

    public async Task<IReadOnlyList<RunIncident>> ListIncidentsAsync(long runId, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        var incidents = await connection.QueryAsync<(long At, string? Step, long? Chunk, string Reason)>(
            "SELECT noted_at, step, chunk, reason FROM pipeline_incidents WHERE run_id = @runId ORDER BY incident_id", new { runId })
            .ConfigureAwait(false);
        return [.. incidents.Select(i => new RunIncident(UnixMicroseconds.ToInstant(i.At), i.Step, (int?)i.Chunk, i.Reason))];
    }

    public async Task<PipelineRun?> FindAsync(long runId, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        return (await connection.QuerySingleOrDefaultAsync<RunRow>(RunRow.SelectOne, new { runId }).ConfigureAwait(false))?.ToRun(Now);
    }

    public async Task<IReadOnlyList<PipelineRun>> ListAsync(int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        using var connection = database.OpenReader();
        var rows = await connection.QueryAsync<RunRow>(RunRow.Select, new { count }).ConfigureAwait(false);
        var now = Now;
        return [.. rows.Select(row => row.ToRun(now))];
    }

    public Task<int> PurgeAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (connection, transaction) =>
            {
                var ended = new { before = UnixMicroseconds.From(endedBefore) };
                const string Purged =
                    "(SELECT run_id FROM pipeline_runs WHERE state IN ('completed', 'abandoned') AND ended_at < @before)";
                await connection.ExecuteAsync($"DELETE FROM pipeline_chunks WHERE run_id IN {Purged}", ended, transaction)
                    .ConfigureAwait(false);
                await connection.ExecuteAsync($"DELETE FROM pipeline_incidents WHERE run_id IN {Purged}", ended, transaction)
                    .ConfigureAwait(false);
                await connection.ExecuteAsync($"DELETE FROM pipeline_steps WHERE run_id IN {Purged}", ended, transaction)
                    .ConfigureAwait(false);
                return await connection.ExecuteAsync($"DELETE FROM pipeline_runs WHERE run_id IN {Purged}", ended, transaction)
                    .ConfigureAwait(false);
            },
            cancellationToken);
}
