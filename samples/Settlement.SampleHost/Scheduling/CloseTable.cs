using Settlement.SampleHost.Database;

namespace Settlement.SampleHost.Scheduling;

/// <summary>Reads and writes the table <c>closes</c>. Thread-safe.</summary>
internal sealed class CloseTable(PlatformDatabase database)
{
    private const string Columns =
        "close_id, started_by, instance, through, state, progress, detail, days, started_at, heartbeat_at, ended_at";

    /// <summary>Returns closes, newest first: ids are ordered by time.</summary>
    public Task<List<CloseRun>> ListAsync(string? before, int count, CancellationToken cancellationToken) => database.ReadAsync(
        sql => sql.ListAsync<CloseRun>(
            $"SELECT {Columns} FROM closes WHERE @before IS NULL OR close_id < @before ORDER BY close_id DESC LIMIT @count",
            new { before, count }),
        cancellationToken);

    public Task<CloseRun?> FindAsync(string closeId, CancellationToken cancellationToken) => database.ReadAsync(
        sql => sql.FindAsync<CloseRun>($"SELECT {Columns} FROM closes WHERE close_id = @closeId", new { closeId }), cancellationToken);

    /// <summary>Requests the cancellation of a running close.</summary>
    /// <returns>False if the close has already ended.</returns>
    public Task<bool> TryCancelAsync(string closeId, string cancelledBy, CancellationToken cancellationToken) => database.WriteAsync(
        async sql => await sql.ExecuteAsync(
            "UPDATE closes SET cancelled_by = @cancelledBy WHERE close_id = @closeId AND state = @running",
            new { closeId, cancelledBy, running = CloseState.Running }) == 1,
        cancellationToken);

    /// <summary>Stores the progress and the heartbeat of a close.</summary>
    /// <returns>The account that requested its cancellation; null if none did.</returns>
    public async Task<string?> ReportProgressAsync(CloseRun run, CancellationToken cancellationToken)
    {
        await UpdateAsync(run, cancellationToken);
        return await database.ReadAsync(
            sql => sql.FindAsync<string>("SELECT cancelled_by FROM closes WHERE close_id = @CloseId", new { run.CloseId }),
            cancellationToken);
    }

    public Task AddAsync(CloseRun run, CancellationToken cancellationToken) => database.WriteAsync(
        sql => sql.ExecuteAsync(
            $"""
            INSERT INTO closes ({Columns})
            VALUES (@CloseId, @StartedBy, @Instance, @Through, @State, @Progress, @Detail, @Days, @StartedAt, @HeartbeatAt, @EndedAt)
            """,
            run),
        cancellationToken);

    public Task UpdateAsync(CloseRun run, CancellationToken cancellationToken) => database.WriteAsync(
        sql => sql.ExecuteAsync(
            """
            UPDATE closes
            SET state = @State, progress = @Progress, detail = @Detail, days = @Days, heartbeat_at = @HeartbeatAt, ended_at = @EndedAt
            WHERE close_id = @CloseId
            """,
            run),
        cancellationToken);
}
