using Settlement.SampleHost.Database;

namespace Settlement.SampleHost.Scheduling;

/// <summary>The statements about closes. Thread-safe.</summary>
internal sealed class CloseTable(PlatformDatabase database)
{
    private const string Columns = "close_id, started_by, host, through, state, progress, detail, days, started_at, said_at, ended_at";

    /// <summary>The newest first: ids grow with time.</summary>
    public Task<List<CloseRun>> ListAsync(string? before, int count, CancellationToken cancellationToken) => database.ReadAsync(
        sql => sql.ListAsync<CloseRun>(
            $"SELECT {Columns} FROM closes WHERE @before IS NULL OR close_id < @before ORDER BY close_id DESC LIMIT @count", new { before, count }),
        cancellationToken);

    public Task<CloseRun?> FindAsync(string closeId, CancellationToken cancellationToken) => database.ReadAsync(
        sql => sql.FindAsync<CloseRun>($"SELECT {Columns} FROM closes WHERE close_id = @closeId", new { closeId }), cancellationToken);

    /// <summary>Asks the host that runs a close to stop.</summary>
    /// <returns>False, when it is over already.</returns>
    public Task<bool> TryCancelAsync(string closeId, string cancelledBy, CancellationToken cancellationToken) => database.WriteAsync(
        async sql => await sql.ExecuteAsync(
            "UPDATE closes SET cancelled_by = @cancelledBy WHERE close_id = @closeId AND state = @running",
            new { closeId, cancelledBy, running = CloseState.Running }) == 1,
        cancellationToken);

    /// <summary>Notes how far a close is.</summary>
    /// <returns>Who cancelled it meanwhile; null when nobody did.</returns>
    public async Task<string?> SayAsync(CloseRun run, CancellationToken cancellationToken)
    {
        await UpdateAsync(run, cancellationToken);
        return await database.ReadAsync(
            sql => sql.FindAsync<string>("SELECT cancelled_by FROM closes WHERE close_id = @CloseId", new { run.CloseId }), cancellationToken);
    }

    public Task AddAsync(CloseRun run, CancellationToken cancellationToken) => database.WriteAsync(
        sql => sql.ExecuteAsync(
            $"""
            INSERT INTO closes ({Columns})
            VALUES (@CloseId, @StartedBy, @Host, @Through, @State, @Progress, @Detail, @Days, @StartedAt, @SaidAt, @EndedAt)
            """,
            run),
        cancellationToken);

    public Task UpdateAsync(CloseRun run, CancellationToken cancellationToken) => database.WriteAsync(
        sql => sql.ExecuteAsync(
            """
            UPDATE closes SET state = @State, progress = @Progress, detail = @Detail, days = @Days, said_at = @SaidAt, ended_at = @EndedAt
            WHERE close_id = @CloseId
            """,
            run),
        cancellationToken);
}
