using Dapper;
using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>The history of runs and their incidents.</summary>
internal sealed class MySqlRunHistory(MySqlDatabase database, TimeProvider clock) : IRunHistory
{
    private DateTime Now => Sql.Instant(clock.GetUtcNow());

    public Task RecordIncidentAsync(long runId, RunIncident incident, CancellationToken cancellationToken) =>
        RunIncidents.RecordAsync(database, runId, incident, Now, cancellationToken);

    public Task<IReadOnlyList<RunIncident>> ListIncidentsAsync(long runId, CancellationToken cancellationToken) =>
        RunIncidents.ListAsync(database, runId, cancellationToken);

    public Task<PipelineRun?> FindAsync(long runId, CancellationToken cancellationToken) => database.ReadAsync(
        async connection => (await connection.QuerySingleOrDefaultAsync<RunRow>(new CommandDefinition(
            RunRow.SelectOne, new { runId }, cancellationToken: cancellationToken)).ConfigureAwait(false))?.ToRun(Now),
        cancellationToken);

    public Task<IReadOnlyList<PipelineRun>> ListAsync(int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return database.ReadAsync(
            async connection =>
            {
                var rows = await connection.QueryAsync<RunRow>(new CommandDefinition(
                    RunRow.Select, new { count }, cancellationToken: cancellationToken)).ConfigureAwait(false);
                var now = Now;
                return (IReadOnlyList<PipelineRun>)[.. rows.Select(row => row.ToRun(now))];
            },
            cancellationToken);
    }

    public Task<int> PurgeAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var runs = (await connection.QueryAsync<long>(
                "SELECT run_id FROM pipeline_runs WHERE state IN ('completed', 'abandoned') AND ended_at < @before FOR UPDATE",
                new { before = Sql.Instant(endedBefore) }, transaction).ConfigureAwait(false)).ToList();
            foreach (var table in (string[])["pipeline_incidents", "pipeline_chunks", "pipeline_steps", "pipeline_runs"])
            {
                foreach (var some in runs.Chunk(1_000))
                    await connection.ExecuteAsync($"DELETE FROM {table} WHERE run_id IN @some", new { some }, transaction)
                        .ConfigureAwait(false);
            }

            return runs.Count;
        },
        cancellationToken);
}
