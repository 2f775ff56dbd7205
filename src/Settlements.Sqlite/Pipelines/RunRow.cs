using Settlements.Pipelines;

namespace Settlements.Sqlite;

/// <summary>A row of the run history, as Dapper maps it.</summary>
internal sealed class RunRow
{
    private const string All = """
        SELECT r.run_id AS RunId, r.pipeline AS Pipeline, r.key AS Key, r.state AS State, r.owner AS Owner, r.lease_until AS LeaseUntil,
               r.started_at AS StartedAt, r.ended_at AS EndedAt, r.failure AS Failure,
               coalesce(sum(c.done), 0) AS ChunksDone, count(c.chunk) AS ChunksTotal, coalesce(sum(c.rows * c.done), 0) AS Rows,
               (SELECT count(*) FROM pipeline_incidents i WHERE i.run_id = r.run_id) AS Incidents
        FROM pipeline_runs r LEFT JOIN pipeline_chunks c ON c.run_id = r.run_id
        """;

    public const string Select = $"""
        {All}
        WHERE r.run_id > coalesce((SELECT run_id FROM pipeline_runs ORDER BY run_id DESC LIMIT 1 OFFSET @count), 0)
        GROUP BY r.run_id ORDER BY r.run_id DESC
        """;

    public const string SelectOne = $"{All} WHERE r.run_id = @runId GROUP BY r.run_id";

    public long RunId { get; set; }

    public string Pipeline { get; set; } = "";

    public string Key { get; set; } = "";

    public string State { get; set; } = "";

    public string Owner { get; set; } = "";

    public long LeaseUntil { get; set; }

    public long StartedAt { get; set; }

    public long? EndedAt { get; set; }

    public string? Failure { get; set; }

    public long ChunksDone { get; set; }

    public long ChunksTotal { get; set; }

    public long Rows { get; set; }

    public long Incidents { get; set; }

    public PipelineRun ToRun(long now) => new(
        RunId, Pipeline, Key, RunStates.Parse(State, Owner, UnixMicroseconds.ToInstant(LeaseUntil), UnixMicroseconds.ToInstant(now)),
        (int)ChunksDone, (int)ChunksTotal, Rows, UnixMicroseconds.ToInstant(StartedAt),
        EndedAt is { } end ? UnixMicroseconds.ToInstant(end) : null, Failure, (int)Incidents);
}
