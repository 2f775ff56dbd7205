using System.Data.Common;
using Dapper;
using MySqlConnector;
using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>The store of runs, chunks and checkpoints.</summary>
internal sealed class MySqlRunStore(MySqlDatabase database, TimeProvider clock) : IRunStore
{
    private static readonly BulkTable Chunks = new("pipeline_chunks", [
        new("run_id"), new("step"), new("chunk"), new("bounds"), new("done"), new("rows_read"), new("fencing_token")]);

    private readonly BulkInsert _bulk = new(database.Server, database.Location, database.Options.CommandTimeout);

    private DateTime Now => Sql.Instant(clock.GetUtcNow());

    public Task<(long RunId, bool Completed)> StartAsync(
        Pipeline pipeline, string owner, TimeSpan lease, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (connection, transaction) =>
            {
                var run = await FindAsync(connection, transaction, pipeline).ConfigureAwait(false);
                if (run is null)
                {
                    // Of two instances that start concurrently, one inserts the run; the other waits here for its commit, and joins the
                    // run.
                    var isFirst = await InsertAsync(connection, transaction, pipeline, owner, lease).ConfigureAwait(false);
                    run = (await FindAsync(connection, transaction, pipeline).ConfigureAwait(false))!;
                    if (isFirst)
                        return (run.Id, false);
                }

                if (run.State == RunStates.Completed)
                    return (run.Id, true);
                if (run.Fingerprint != pipeline.Fingerprint)
                {
                    if (RunConflictException.IsUnderWay(run.State, run.Owner, Sql.Instant(run.LeaseUntil), Sql.Instant(Now)))
                        throw new RunConflictException(pipeline, run.Id, run.Owner, Sql.Instant(run.LeaseUntil));
                    await AbandonAsync(connection, transaction, run.Id).ConfigureAwait(false);
                    await InsertAsync(connection, transaction, pipeline, owner, lease).ConfigureAwait(false);
                    return ((await FindAsync(connection, transaction, pipeline).ConfigureAwait(false))!.Id, false);
                }

                await ChunkClaims.ReleaseOrphanedChunksAsync(connection, transaction, run.Id).ConfigureAwait(false);
                await connection.ExecuteAsync(
                    """
                    UPDATE pipeline_runs SET state = 'running', owner = @owner, lease_until = @until, ended_at = NULL, failure = NULL
                    WHERE run_id = @Id
                    """,
                    new { run.Id, owner, until = Now + lease }, transaction).ConfigureAwait(false);
                return (run.Id, false);
            },
            cancellationToken);

    public Task<StepState?> FindStepAsync(long runId, int step, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            var (total, done) = await connection.QuerySingleOrDefaultAsync<(int? Total, long Done)>(new CommandDefinition(
                """
                SELECT chunks, (SELECT count(*) FROM pipeline_chunks WHERE run_id = @runId AND step = @step AND done = 1)
                FROM pipeline_steps WHERE run_id = @runId AND step = @step
                """,
                new { runId, step }, cancellationToken: cancellationToken)).ConfigureAwait(false);
            return total is { } chunks ? new StepState(chunks, (int)done) : null;
        },
        cancellationToken);

    public Task AddStepAsync(long runId, int step, IReadOnlyList<PlannedChunk> chunks, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (connection, transaction) =>
            {
                var isFirst = await connection.ExecuteAsync(
                    "INSERT IGNORE INTO pipeline_steps (run_id, step, chunks) VALUES (@runId, @step, @Count)",
                    new { runId, step, chunks.Count },
                    transaction).ConfigureAwait(false) == 1;
                if (!isFirst)
                    return 0;
                var numbered = chunks.Select((chunk, number) => (chunk.Bounds, Number: number)).ToList();
                var rows = new ListRows<(string Bounds, int Number)>(numbered, (row, chunk) =>
                {
                    row.Int64(runId);
                    row.Int64(step);
                    row.Int64(chunk.Number);
                    row.Text(chunk.Bounds);
                    row.Int64(0);
                    row.Int64(0);
                    row.Int64(0);
                });
                await _bulk.WriteAllAsync(connection, transaction, Chunks, rows, numbered.Count, cancellationToken).ConfigureAwait(false);
                return 0;
            },
            cancellationToken);

    public Task<PipelineLease?> ClaimAsync(
        long runId, int step, string owner, IReadOnlyCollection<int> held, TimeSpan lease, CancellationToken cancellationToken) =>
        ChunkClaims.ClaimAsync(database, runId, step, owner, held, Now, lease, cancellationToken);

    public Task RenewAsync(long runId, string owner, TimeSpan lease, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(
            """
            UPDATE pipeline_runs SET lease_until = @until WHERE run_id = @runId AND state = 'running';
            UPDATE pipeline_chunks SET lease_until = @until WHERE run_id = @runId AND done = 0 AND owner = @owner;
            """,
            new { runId, owner, until = Now + lease }, transaction),
        cancellationToken);

    public Task CommitAsync(PipelineLease claim, ChunkResult result, bool isLastStep, CancellationToken cancellationToken) =>
        ChunkClaims.CommitAsync(database, claim, result, isLastStep ? Now : null, cancellationToken);

    public Task EndAsync(long runId, string owner, RunState state, string? failure, CancellationToken cancellationToken) =>
        database.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(
            """
            SELECT run_id FROM pipeline_runs WHERE run_id = @runId FOR UPDATE;
            UPDATE pipeline_chunks SET owner = NULL, fencing_token = fencing_token + 1, lease_until = NULL
                WHERE run_id = @runId AND done = 0 AND owner = @owner;
            UPDATE pipeline_runs SET state = @state, ended_at = @now, failure = @failure
            WHERE run_id = @runId AND state NOT IN ('completed', 'abandoned') AND (@state = 'completed' OR NOT EXISTS (
                SELECT 1 FROM pipeline_chunks WHERE run_id = @runId AND done = 0 AND owner IS NOT NULL AND lease_until >= @now));
            """,
            new { runId, owner, state = RunStates.EndText(state), now = Now, failure }, transaction),
        cancellationToken);

    public Task<bool> AbandonAsync(long runId, CancellationToken cancellationToken) => database.WriteAsync(
        async (connection, transaction) =>
        {
            var state = await connection.ExecuteScalarAsync<string?>(
                $"SELECT {Rows.Text("state")} FROM pipeline_runs WHERE run_id = @runId FOR UPDATE", new { runId }, transaction)
                    .ConfigureAwait(false);
            if (state is null or RunStates.Completed or RunStates.Abandoned)
                return false;
            await AbandonAsync(connection, transaction, runId).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    public async Task<IReadOnlyList<long>> ListAbandonedAsync(
        DbTransaction transaction, string pipeline, CancellationToken cancellationToken) =>
        (await transaction.Connection!.QueryAsync<long>(new CommandDefinition(
            "SELECT run_id FROM pipeline_runs WHERE pipeline = @pipeline AND state = 'abandoned'", new { pipeline }, transaction,
            cancellationToken: cancellationToken)).ConfigureAwait(false)).AsList();

    private static Task<CurrentRun?> FindAsync(MySqlConnection connection, MySqlTransaction transaction, Pipeline pipeline) =>
        connection.QuerySingleOrDefaultAsync<CurrentRun>(
            $"""
            SELECT run_id AS Id, {Rows.Text("fingerprint")} AS Fingerprint, {Rows.Text("state")} AS State, {Rows.Text("owner")} AS Owner,
                   lease_until AS LeaseUntil
            FROM pipeline_runs
            WHERE pipeline = @Name AND run_key = @Key AND is_current = 1 FOR UPDATE
            """,
            new { pipeline.Name, pipeline.Key }, transaction);

    private async Task<bool> InsertAsync(
        MySqlConnection connection, MySqlTransaction transaction, Pipeline pipeline, string owner, TimeSpan lease)
    {
        var now = Now;
        return await connection.ExecuteAsync(
            """
            INSERT IGNORE INTO pipeline_runs (pipeline, run_key, is_current, fingerprint, state, owner, lease_until, started_at)
            VALUES (@Name, @Key, 1, @Fingerprint, 'running', @owner, @until, @now)
            """,
            new { pipeline.Name, pipeline.Key, pipeline.Fingerprint, owner, until = now + lease, now }, transaction)
                .ConfigureAwait(false) == 1;
    }

    /// <summary>Abandons the unfinished runs of a pipeline, in a transaction of another stage.</summary>
    public static async Task AbandonAllAsync(MySqlConnection connection, MySqlTransaction transaction, string pipeline, DateTime now)
    {
        var runs = await connection.QueryAsync<long>(
            "SELECT run_id FROM pipeline_runs WHERE pipeline = @pipeline AND is_current = 1 AND state <> 'completed' FOR UPDATE",
            new { pipeline }, transaction)
            .ConfigureAwait(false);
        foreach (var runId in runs)
            await AbandonAsync(connection, transaction, runId, now).ConfigureAwait(false);
    }

    private Task<int> AbandonAsync(MySqlConnection connection, MySqlTransaction transaction, long runId) =>
        AbandonAsync(connection, transaction, runId, Now);

    private static Task<int> AbandonAsync(MySqlConnection connection, MySqlTransaction transaction, long runId, DateTime now) =>
        connection.ExecuteAsync(
        """
        UPDATE pipeline_runs SET state = 'abandoned', is_current = NULL, ended_at = @now WHERE run_id = @runId;
        UPDATE pipeline_chunks SET owner = NULL, fencing_token = fencing_token + 1, lease_until = NULL WHERE run_id = @runId AND done = 0;
        """,
        new { runId, now }, transaction);

    private sealed class CurrentRun
    {
        public long Id { get; set; }

        public string Fingerprint { get; set; } = "";

        public string State { get; set; } = "";

        public string Owner { get; set; } = "";

        public DateTime LeaseUntil { get; set; }
    }
}
