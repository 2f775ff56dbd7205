using Dapper;
using Settlements.Pipelines;

namespace Settlements.MySql;

/// <summary>Rows of the table pipeline_incidents.</summary>
internal static class RunIncidents
{
    /// <summary>Records an incident, without retries, since the server may be unavailable at that time.</summary>
    public static Task RecordAsync(
        MySqlDatabase database, long runId, RunIncident incident, DateTime now, CancellationToken cancellationToken) =>
        database.WriteOnceAsync(
            async (connection, transaction) =>
            {
                var count = await connection.ExecuteScalarAsync<long>(
                    "SELECT count(*) FROM pipeline_incidents WHERE run_id = @runId", new { runId }, transaction).ConfigureAwait(false);
                return count >= RunIncident.CountMax
                    ? 0
                    : await connection.ExecuteAsync(
                        "INSERT INTO pipeline_incidents (run_id, noted_at, step, chunk, reason) "
                            + "VALUES (@runId, @now, @Step, @Chunk, @Reason)",
                        new { runId, now, incident.Step, incident.Chunk, incident.Reason }, transaction).ConfigureAwait(false);
            },
            _ => true, cancellationToken);

    public static Task<IReadOnlyList<RunIncident>> ListAsync(MySqlDatabase database, long runId, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async connection =>
            {
                var rows = await connection.QueryAsync<(DateTime At, string? Step, int? Chunk, string Reason)>(new CommandDefinition(
                    $"""
                    SELECT noted_at, {Rows.Text("step")}, chunk, {Rows.Text("reason")} FROM pipeline_incidents
                        WHERE run_id = @runId ORDER BY incident_id
                    """,
                    new { runId }, cancellationToken: cancellationToken)).ConfigureAwait(false);
                return (IReadOnlyList<RunIncident>)[.. rows.Select(r => new RunIncident(Sql.Instant(r.At), r.Step, r.Chunk, r.Reason))];
            },
            cancellationToken);
}
