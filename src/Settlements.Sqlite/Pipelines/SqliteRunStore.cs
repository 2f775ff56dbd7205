using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements.Sqlite;

/// <summary>Stores runs, chunks and checkpoints.</summary>
internal sealed class SqliteRunStore(SqliteDatabase database, TimeProvider clock) : IRunStore
{
    private long Now => UnixMicroseconds.From(clock.GetUtcNow());

    public Task<(long RunId, bool Completed)> StartAsync(
        Pipeline pipeline, string owner, TimeSpan lease, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (connection, transaction) =>
            {
                var run = await connection.QuerySingleOrDefaultAsync<(
                    long Id, string Fingerprint, string State, string Owner, long LeaseUntil)>(
                    """
                    SELECT run_id, fingerprint, state, owner, lease_until FROM pipeline_runs
                    WHERE pipeline = @Name AND key = @Key AND state <> 'abandoned'
                    """,
                    pipeline, transaction).ConfigureAwait(false);
                if (run.State == RunStates.Completed)
                    return (run.Id, true);

                var now = Now;
                if (run.State is not null && run.Fingerprint != pipeline.Fingerprint)
                {
                    var leaseUntil = UnixMicroseconds.ToInstant(run.LeaseUntil);
                    if (RunConflictException.IsUnderWay(run.State, run.Owner, leaseUntil, UnixMicroseconds.ToInstant(now)))
                        throw new RunConflictException(pipeline, run.Id, run.Owner, leaseUntil);
                    await AbandonedRuns.AbandonAsync(connection, transaction, run.Id, now).ConfigureAwait(false);
                    run = default;
                }

                var until = now + Microseconds(lease);
                if (run.State is null)
                {
                    var id = await connection.ExecuteScalarAsync<long>(
                        """
                        INSERT INTO pipeline_runs (pipeline, key, fingerprint, state, owner, lease_until, started_at)
                        VALUES (@Name, @Key, @Fingerprint, 'running', @owner, @until, @now)
                        RETURNING run_id
                        """,
                        new { pipeline.Name, pipeline.Key, pipeline.Fingerprint, owner, until, now }, transaction).ConfigureAwait(false);
                    return (id, false);
                }

                await ReleaseOrphanedChunksAsync(connection, transaction, run.Id).ConfigureAwait(false);
                await connection.ExecuteAsync(
                    """
                    UPDATE pipeline_runs SET state = 'running', owner = @owner, lease_until = @until, ended_at = NULL, failure = NULL
                    WHERE run_id = @Id
                    """,
                    new { run.Id, owner, until }, transaction).ConfigureAwait(false);
                return (run.Id, false);
            },
            cancellationToken);

    public async Task<StepState?> FindStepAsync(long runId, int step, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        var found = await connection.QuerySingleOrDefaultAsync<(long? Total, long Done)>(
            """
            SELECT chunks, (SELECT count(*) FROM pipeline_chunks WHERE run_id = @runId AND step = @step AND done = 1)
            FROM pipeline_steps WHERE run_id = @runId AND step = @step
            """,
            new { runId, step }).ConfigureAwait(false);
        return found.Total is { } total ? new StepState((int)total, (int)found.Done) : null;
    }

    public Task AddStepAsync(long runId, int step, IReadOnlyList<PlannedChunk> chunks, CancellationToken cancellationToken) =>
        database.WriteAtLowPriorityAsync(
            async (connection, transaction) =>
            {
                var isFirst = await connection.ExecuteAsync(
                    "INSERT INTO pipeline_steps (run_id, step, chunks) VALUES (@runId, @step, @Count) ON CONFLICT DO NOTHING",
                    new { runId, step, chunks.Count }, transaction).ConfigureAwait(false) == 1;
                if (!isFirst)
                    return 0;
                return await connection.ExecuteAsync(
                    """
                    INSERT INTO pipeline_chunks (run_id, step, chunk, bounds, done, rows, owner, fencing_token, lease_until)
                    VALUES (@runId, @step, @number, @Bounds, 0, @Rows, NULL, 0, 0)
                    """,
                    chunks.Select((c, number) => new { runId, step, number, c.Bounds, Rows = 0 }), transaction).ConfigureAwait(false);
            },
            cancellationToken);

    public Task<PipelineLease?> ClaimAsync(
        long runId, int step, string owner, IReadOnlyCollection<int> held, TimeSpan lease, CancellationToken cancellationToken) =>
        database.WriteAtLowPriorityAsync<PipelineLease?>(
            async (connection, transaction) =>
            {
                var now = Now;
                var isAbandoned = await connection.ExecuteScalarAsync<bool>(
                    "SELECT EXISTS (SELECT 1 FROM pipeline_runs WHERE run_id = @runId AND state = 'abandoned')", new { runId }, transaction)
                    .ConfigureAwait(false);
                if (isAbandoned)
                    throw new RunAbandonedException(runId);
                var until = now + Microseconds(lease);
                var claimed = await TryClaimAsync(connection, transaction, runId, step, owner, held, now, until).ConfigureAwait(false);
                if (claimed.Number is null && await ReleaseOrphanedChunksAsync(connection, transaction, runId).ConfigureAwait(false) > 0)
                    claimed = await TryClaimAsync(connection, transaction, runId, step, owner, held, now, until).ConfigureAwait(false);
                return claimed.Number is { } number
                    ? new PipelineLease(new PipelineChunk(runId, step, (int)number, claimed.Bounds), owner, claimed.FencingToken)
                    : null;
            },
            cancellationToken);

    public Task RenewAsync(long runId, string owner, TimeSpan lease, CancellationToken cancellationToken) =>
        database.WriteAsync(
            (connection, transaction) => connection.ExecuteAsync(
                """
                UPDATE pipeline_runs SET lease_until = @until WHERE run_id = @runId AND state = 'running';
                UPDATE pipeline_chunks SET lease_until = @until WHERE run_id = @runId AND done = 0 AND owner = @owner;
                """,
                new { runId, owner, until = Now + Microseconds(lease) }, transaction),
            cancellationToken);

    public bool ReadsAhead => true;

    public async Task ReadAheadAsync(Func<DbTransaction, CancellationToken, Task> read, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        using var snapshot = connection.BeginTransaction(deferred: true);
        await read(snapshot, cancellationToken).ConfigureAwait(false);
    }

    public Task CommitAsync(PipelineLease lease, ChunkResult result, bool isLastStep, CancellationToken cancellationToken) =>
        ChunkCommit.WriteAsync(database, lease, result, isLastStep ? Now : null, cancellationToken);

    public Task EndAsync(long runId, string owner, RunState state, string? failure, CancellationToken cancellationToken) =>
        database.WriteAsync(
            (connection, transaction) => connection.ExecuteAsync(
                """
                UPDATE pipeline_chunks SET owner = NULL, fencing_token = fencing_token + 1, lease_until = 0
                WHERE run_id = @runId AND done = 0 AND owner = @owner;
                UPDATE pipeline_runs SET state = @state, ended_at = @now, failure = @failure
                WHERE run_id = @runId AND state NOT IN ('completed', 'abandoned') AND (@state = 'completed' OR NOT EXISTS (
                    SELECT 1 FROM pipeline_chunks WHERE run_id = @runId AND done = 0 AND owner IS NOT NULL AND lease_until >= @now));
                """,
                new { runId, owner, state = RunStates.EndText(state), now = Now, failure }, transaction),
            cancellationToken);

    public Task<bool> AbandonAsync(long runId, CancellationToken cancellationToken) => database.WriteAsync(
        async (connection, transaction) => await AbandonedRuns.AbandonAsync(connection, transaction, runId, Now).ConfigureAwait(false),
        cancellationToken);

    public async Task<IReadOnlyList<long>> ListAbandonedAsync(
        DbTransaction transaction, string pipeline, CancellationToken cancellationToken) =>
        (await transaction.Connection!.QueryAsync<long>(new CommandDefinition(
            "SELECT run_id FROM pipeline_runs WHERE pipeline = @pipeline AND state = 'abandoned'", new { pipeline }, transaction,
            cancellationToken: cancellationToken)).ConfigureAwait(false)).AsList();

    /// <summary>
    /// Releases the chunks of dead processes before their leases expire: a file is used on one machine, so the owner is a process of this
    /// machine. If the process is alive after all, its fencing token is outdated and its writes are refused.
    /// </summary>
    /// <returns>The number of released chunks.</returns>
    private static async Task<int> ReleaseOrphanedChunksAsync(SqliteConnection connection, SqliteTransaction transaction, long runId)
    {
        var released = 0;
        var owners = await connection.QueryAsync<string>(
            "SELECT DISTINCT owner FROM pipeline_chunks WHERE run_id = @runId AND done = 0 AND owner IS NOT NULL",
            new { runId }, transaction)
            .ConfigureAwait(false);
        foreach (var owner in owners.Where(InstanceId.IsDead))
        {
            released += await connection.ExecuteAsync(
                """
                UPDATE pipeline_chunks SET owner = NULL, fencing_token = fencing_token + 1, lease_until = 0
                WHERE run_id = @runId AND done = 0 AND owner = @owner
                """,
                new { runId, owner }, transaction).ConfigureAwait(false);
        }

        return released;
    }

    private static Task<(long? Number, string Bounds, long FencingToken)> TryClaimAsync(
        SqliteConnection connection, SqliteTransaction transaction, long runId, int step, string owner, IReadOnlyCollection<int> held,
        long now, long until) =>
        connection.QuerySingleOrDefaultAsync<(long? Number, string Bounds, long FencingToken)>(
            """
            UPDATE pipeline_chunks SET owner = @owner, fencing_token = fencing_token + 1, lease_until = @until
            WHERE run_id = @runId AND step = @step AND chunk = (
                SELECT min(chunk) FROM pipeline_chunks
                WHERE run_id = @runId AND step = @step AND done = 0
                AND (owner IS NULL OR lease_until < @now OR (owner = @owner AND chunk NOT IN @held)))
            RETURNING chunk, bounds, fencing_token
            """,
            new { runId, step, owner, held = held.Append(-1), now, until }, transaction);

    private static long Microseconds(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;
}
