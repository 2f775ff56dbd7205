using Settlements.Pipelines;

namespace Settlements.MySql;

/// <summary>A row of the run history.</summary>
internal sealed class RunRow
{
    private static readonly string All = $"""
        SELECT r.run_id AS RunId, {Rows.Text("r.pipeline")} AS Pipeline, {Rows.Text("r.run_key")} AS RunKey,
            {Rows.Text("r.state")} AS State,
               {Rows.Text("r.owner")} AS Owner, r.lease_until AS LeaseUntil, r.started_at AS StartedAt, r.ended_at AS EndedAt,
               {Rows.Text("r.failure")} AS Failure,
               (SELECT CAST(coalesce(sum(c.done), 0) AS SIGNED) FROM pipeline_chunks c WHERE c.run_id = r.run_id) AS ChunksDone,
               (SELECT count(*) FROM pipeline_chunks c WHERE c.run_id = r.run_id) AS ChunksTotal,
               (SELECT CAST(coalesce(sum(c.rows_read), 0) AS SIGNED) FROM pipeline_chunks c WHERE c.run_id = r.run_id) AS RowsRead,
               (SELECT count(*) FROM pipeline_incidents i WHERE i.run_id = r.run_id) AS Incidents
        FROM pipeline_runs r
        """;

    public static readonly string Select = $"{All} ORDER BY r.started_at DESC, r.run_id DESC LIMIT @count";

    public static readonly string SelectOne = $"{All} WHERE r.run_id = @runId";

    public long RunId { get; set; }

    public string Pipeline { get; set; } = "";

    public string RunKey { get; set; } = "";

    public string State { get; set; } = "";

    public string Owner { get; set; } = "";

    public DateTime LeaseUntil { get; set; }

    public DateTime StartedAt { get; set; }

    public DateTime? EndedAt { get; set; }

    public string? Failure { get; set; }

    public long ChunksDone { get; set; }

    public long ChunksTotal { get; set; }

    public long RowsRead { get; set; }

    public long Incidents { get; set; }

    public PipelineRun ToRun(DateTime now) => new(
        RunId, Pipeline, RunKey, RunStates.Parse(State, Owner, Sql.Instant(LeaseUntil), Sql.Instant(now)),
        (int)ChunksDone, (int)ChunksTotal, RowsRead, Sql.Instant(StartedAt),
        EndedAt is { } end ? Sql.Instant(end) : null, Failure, (int)Incidents);
}
