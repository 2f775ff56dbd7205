using System.Data.Common;
using System.Diagnostics;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements.Testing;

/// <summary>Contract tests of pipelines with jobs of the application.</summary>
public abstract partial class PipelineContract
{
    protected abstract StoreUnderTest NewStore();

    [Fact]
    public async Task A_failed_job_resumes_after_its_last_committed_chunk_and_writes_each_chunk_once()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await store.ExecuteAsync("CREATE TABLE job_output (chunk INTEGER NOT NULL)");
        var job = new CountingStep(chunks: 10, failsAt: 6);
        var pipeline = new Pipeline("export", "2024-07-01", "v1", [job]);
        var options = new PipelineOptions { Workers = 1 };

        await scenario.Engine.Pipelines.Invoking(p => p.RunAsync(pipeline, options)).Should().ThrowAsync<InvalidDataException>();
        var failed = (await scenario.Engine.Pipelines.ListRunsAsync(10)).Should().ContainSingle().Subject;
        (await scenario.Engine.Pipelines.ListIncidentsAsync(failed.RunId)).Should().ContainSingle().Which.Should().Match<RunIncident>(
            i => i.Step == "count" && i.Chunk == 6 && i.Reason == "chunk 6 is broken");
        job.FailsAt = null;
        var report = await scenario.Engine.Pipelines.RunAsync(pipeline, options);
        var again = await scenario.Engine.Pipelines.RunAsync(pipeline, options);

        (failed.State, failed.ChunksDone, failed.ChunksTotal, failed.Failure).Should().Be((RunState.Failed, 6, 10, "chunk 6 is broken"));
        (report.Chunks, report.Rows).Should().Be((4, 400));
        again.AlreadyCompleted.Should().BeTrue();
        job.Plans.Should().Be(1, "bounds are planned once and stored");
        (await store.CountAsync("SELECT count(*) FROM job_output")).Should().Be(10);
        (await store.CountAsync("SELECT count(DISTINCT chunk) FROM job_output")).Should().Be(10);
        (await scenario.Engine.Pipelines.ListRunsAsync(10)).Should().ContainSingle().Which.Should().Match<PipelineRun>(
            r => r.State == RunState.Completed && r.ChunksDone == 10 && r.Rows == 1000 && r.Failure == null);
    }

    [Fact]
    public async Task Cancellation_stops_the_run_and_keeps_committed_chunks()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await store.ExecuteAsync("CREATE TABLE job_output (chunk INTEGER NOT NULL)");
        using var cancel = new CancellationTokenSource();
        var job = new CountingStep(chunks: 10) { OnChunk = number => { if (number == 4) cancel.Cancel(); } };
        var pipeline = new Pipeline("export", "k", "v1", [job]);

        await scenario.Engine.Pipelines.Invoking(p => p.RunAsync(pipeline, new PipelineOptions { Workers = 1 }, null, cancel.Token))
            .Should().ThrowAsync<OperationCanceledException>();
        var stopped = (await scenario.Engine.Pipelines.ListRunsAsync(1))[0];
        job.OnChunk = null;
        var report = await scenario.Engine.Pipelines.RunAsync(pipeline);

        (stopped.State, stopped.ChunksDone).Should().Be((RunState.Stopped, 4));
        report.Chunks.Should().Be(6);
        (await store.CountAsync("SELECT count(*) FROM job_output")).Should().Be(10);
    }

    [Fact]
    public async Task A_worker_that_lost_its_lease_writes_nothing()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await store.ExecuteAsync("CREATE TABLE job_output (chunk INTEGER NOT NULL)");
        var job = new CountingStep(chunks: 1);
        var pipeline = new Pipeline("export", "k", "v1", [job]);
        var lease = TimeSpan.FromSeconds(30);
        var runs = scenario.Services.GetRequiredService<IRunStore>();
        var history = scenario.Services.GetRequiredService<IRunHistory>();
        var (runId, _) = await runs.StartAsync(pipeline, "instance-a:1:x", lease, default);
        await runs.AddStepAsync(runId, 0, await job.PlanAsync(runId, default), default);
        var slow = await runs.ClaimAsync(runId, 0, "instance-a:1:x", [], lease, default);
        (await runs.ClaimAsync(runId, 0, "instance-b:1:y", [], lease, default)).Should().BeNull("the chunk is held");

        scenario.Clock.Advance(TimeSpan.FromSeconds(31));
        var resumed = await runs.ClaimAsync(runId, 0, "instance-b:1:y", [], lease, default);
        var staleCommit = async () => await runs.CommitAsync(
            slow!, await job.ProcessAsync(slow!.Chunk, default), isLastStep: true, default);

        await staleCommit.Should().ThrowAsync<LeaseLostException>();
        (await store.CountAsync("SELECT count(*) FROM job_output")).Should().Be(0);
        await runs.CommitAsync(resumed!, await job.ProcessAsync(resumed!.Chunk, default), isLastStep: true, default);
        (await store.CountAsync("SELECT count(*) FROM job_output")).Should().Be(1);
        (await history.ListAsync(1, default))[0].State.Should().Be(RunState.Completed);
    }

    [Fact]
    public async Task Chunks_of_a_process_that_ends_after_its_successor_started_are_released_immediately()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        var runs = scenario.Services.GetRequiredService<IRunStore>();
        var lease = TimeSpan.FromSeconds(30);
        using var process = Process.Start(new ProcessStartInfo(OperatingSystem.IsWindows() ? "timeout" : "sleep", "3600"))!;
        var former = InstanceId.New().Replace($":{Environment.ProcessId}:", $":{process.Id}:", StringComparison.Ordinal);
        var successor = InstanceId.New();
        var pipeline = new Pipeline("export", "k", "v1", [new CountingStep(1)]);
        try
        {
            var (id, _) = await runs.StartAsync(pipeline, former, lease, default);
            await runs.AddStepAsync(id, 0, [new PlannedChunk("1")], default);
            var held = await runs.ClaimAsync(id, 0, former, [], lease, default);
            await runs.StartAsync(pipeline, successor, lease, default);
            (await runs.ClaimAsync(id, 0, successor, [], lease, default)).Should().BeNull("the former owner is alive");

            process.Kill();
            await process.WaitForExitAsync();
            var resumed = await runs.ClaimAsync(id, 0, successor, [], lease, default);

            resumed.Should().NotBeNull();
            await runs.Invoking(r => r.CommitAsync(held!, new ChunkResult(1, (_, _) => Task.CompletedTask), true, default))
                .Should().ThrowAsync<LeaseLostException>();
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public async Task A_run_is_found_by_its_id_and_an_unknown_id_returns_null()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await store.ExecuteAsync("CREATE TABLE job_output (chunk INTEGER NOT NULL)");
        var first = await scenario.Engine.Pipelines.RunAsync(new Pipeline("export", "a", "v1", [new CountingStep(3)]));
        await scenario.Engine.Pipelines.RunAsync(new Pipeline("export", "b", "v1", [new CountingStep(1)]));

        (await scenario.Engine.Pipelines.FindRunAsync(first.RunId))
            .Should().BeEquivalentTo((await scenario.Engine.Pipelines.ListRunsAsync(2))[1]);
        (await scenario.Engine.Pipelines.FindRunAsync(999)).Should().BeNull();
    }

    [Fact]
    public async Task A_run_of_a_killed_instance_is_interrupted_once_its_lease_expires()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        var runs = scenario.Services.GetRequiredService<IRunStore>();
        var history = scenario.Services.GetRequiredService<IRunHistory>();
        await runs.StartAsync(new Pipeline("export", "k", "v1", [new CountingStep(1)]), "elsewhere:1:x", TimeSpan.FromSeconds(30), default);

        (await history.ListAsync(1, default))[0].State.Should().Be(RunState.Running);
        scenario.Clock.Advance(TimeSpan.FromSeconds(31));
        (await history.ListAsync(1, default))[0].State.Should().Be(RunState.Interrupted);
    }

    [Fact]
    public async Task Another_fingerprint_abandons_an_unfinished_run_and_not_a_completed_one()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await store.ExecuteAsync("CREATE TABLE job_output (chunk INTEGER NOT NULL)");
        var job = new CountingStep(chunks: 3, failsAt: 1);
        await scenario.Engine.Pipelines.Invoking(p => p.RunAsync(new Pipeline("export", "k", "v1", [job])))
            .Should().ThrowAsync<InvalidDataException>();
        job.FailsAt = null;

        var second = await scenario.Engine.Pipelines.RunAsync(new Pipeline("export", "k", "v2", [job]));
        var third = await scenario.Engine.Pipelines.RunAsync(new Pipeline("export", "k", "v3", [job]));

        (second.Chunks, third.AlreadyCompleted).Should().Be((3, true));
        (await scenario.Engine.Pipelines.ListRunsAsync(10)).Select(r => r.State).Should().Equal(RunState.Completed, RunState.Abandoned);
    }

    [Fact]
    public async Task Two_instances_of_one_run_share_its_chunks()
    {
        await using var store = NewStore();
        await using var one = await Scenario.StartAsync(store);
        await using var two = await Scenario.StartAsync(store);
        await store.ExecuteAsync("CREATE TABLE job_output (chunk INTEGER NOT NULL)");
        var job = new CountingStep(chunks: 40);
        var pipeline = new Pipeline("export", "k", "v1", [job]);

        var reports = await Task.WhenAll(
            Task.Run(() => one.Engine.Pipelines.RunAsync(pipeline)), Task.Run(() => two.Engine.Pipelines.RunAsync(pipeline)));

        reports.Sum(r => r.Chunks).Should().Be(40);
        (await store.CountAsync("SELECT count(DISTINCT chunk) FROM job_output")).Should().Be(40);
        (await store.CountAsync("SELECT count(*) FROM job_output")).Should().Be(40);
    }

    [Fact]
    public async Task Progress_reports_chunks_rows_and_remaining_time_and_history_can_be_purged()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await store.ExecuteAsync("CREATE TABLE job_output (chunk INTEGER NOT NULL)");
        var reported = new List<RunProgress>();
        var job = new CountingStep(chunks: 4) { OnChunk = _ => scenario.Clock.Advance(TimeSpan.FromSeconds(1)) };

        await scenario.Engine.Pipelines.RunAsync(
            new Pipeline("export", "k", "v1", [job]), new PipelineOptions { Workers = 1 }, new InlineProgress<RunProgress>(reported.Add));

        reported.Select(p => p.ChunksDone).Should().Equal(0, 1, 2, 3, 4);
        reported[0].Remaining.Should().BeNull();
        (reported[1].Remaining, reported[1].RowsPerSecond, reported[1].Fraction).Should().Be((TimeSpan.FromSeconds(3), 100, 0.25));
        (await scenario.Engine.Pipelines.PurgeRunsAsync(scenario.Clock.GetUtcNow())).Should().Be(0, "the end is excluded");
        (await scenario.Engine.Pipelines.PurgeRunsAsync(scenario.Clock.GetUtcNow().AddTicks(10))).Should().Be(1);
        (await scenario.Engine.Pipelines.ListRunsAsync(10)).Should().BeEmpty();
    }

    [Fact]
    public async Task Transient_errors_are_retried_up_to_the_limit()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await store.ExecuteAsync("CREATE TABLE job_output (chunk INTEGER NOT NULL)");
        var failures = 2;
        var job = new CountingStep(chunks: 1) { OnChunk = _ => { if (failures-- > 0) throw new TransientException(); } };
        var options = new PipelineOptions { RetryDelay = TimeSpan.Zero, RetriesMax = 2 };

        await scenario.Engine.Pipelines.RunAsync(new Pipeline("export", "a", "v1", [job]), options);
        failures = 3;
        await scenario.Engine.Pipelines.Invoking(p => p.RunAsync(new Pipeline("export", "b", "v1", [job]), options))
            .Should().ThrowAsync<TransientException>();
    }

    [Fact]
    public async Task The_error_of_a_chunk_is_thrown_also_when_cancelling_the_other_chunks_fails()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);

        await scenario.Engine.Pipelines.Invoking(p => p.RunAsync(
            new Pipeline("export", "k", "v1", [new UncancellableStep()]), new PipelineOptions { Workers = 2 })).Should()
            .ThrowAsync<InvalidDataException>().WithMessage("chunk 1 is broken");
    }

    /// <summary>Its second chunk fails while the first one waits, whose cancellation throws.</summary>
    private sealed class UncancellableStep : PipelineStep
    {
        private readonly TaskCompletionSource _waits = new();

        public override string Name => "uncancellable";

        public override Task<IReadOnlyList<PlannedChunk>> PlanAsync(long runId, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<PlannedChunk>>([new PlannedChunk("0"), new PlannedChunk("1")]);

        public override async Task<ChunkResult> ProcessAsync(PipelineChunk chunk, CancellationToken cancellationToken)
        {
            if (chunk.Number == 1)
            {
                await _waits.Task;
                throw new InvalidDataException("chunk 1 is broken");
            }

            await using var registration = cancellationToken.Register(() => throw new IOException("not connected"));
            _waits.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("The delay ends with its cancellation.");
        }
    }

    private sealed class TransientException() : DbException("deadlock")
    {
        public override bool IsTransient => true;
    }

    /// <summary>A step that writes each chunk's number, and fails at one chunk if so configured.</summary>
    private sealed class CountingStep(int chunks, int? failsAt = null) : PipelineStep
    {
        public int? FailsAt { get; set; } = failsAt;

        public Action<int>? OnChunk { get; set; }

        public int Plans { get; private set; }

        public override string Name => "count";

        public override Task<IReadOnlyList<PlannedChunk>> PlanAsync(long runId, CancellationToken cancellationToken)
        {
            Plans++;
            return Task.FromResult<IReadOnlyList<PlannedChunk>>([.. Enumerable.Range(0, chunks).Select(i => new PlannedChunk($"{i}"))]);
        }

        public override Task<ChunkResult> ProcessAsync(PipelineChunk chunk, CancellationToken cancellationToken)
        {
            if (chunk.Number == FailsAt)
                throw new InvalidDataException($"chunk {chunk.Number} is broken");
            OnChunk?.Invoke(chunk.Number);
            cancellationToken.ThrowIfCancellationRequested();
            return Task.FromResult(new ChunkResult(100, (transaction, _) => transaction.Connection!.ExecuteAsync(
                "INSERT INTO job_output (chunk) VALUES (@number)", new { number = int.Parse(chunk.Bounds, null) }, transaction)));
        }
    }
}
