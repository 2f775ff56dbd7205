using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements.Testing;

// Claims that were committed and not answered.
public abstract partial class PipelineContract
{
    [Fact]
    public async Task A_chunk_whose_claim_was_not_answered_is_claimed_again_by_the_same_owner_only()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        var job = new CountingStep(chunks: 2);
        var lease = TimeSpan.FromSeconds(30);
        var runs = scenario.Services.GetRequiredService<IRunStore>();
        var (runId, _) = await runs.StartAsync(new Pipeline("export", "k", "v1", [job]), "instance-a:1:x", lease, default);
        await runs.AddStepAsync(runId, 0, await job.PlanAsync(runId, default), default);
        var processed = await runs.ClaimAsync(runId, 0, "instance-a:1:x", [], lease, default);
        var lost = await runs.ClaimAsync(runId, 0, "instance-a:1:x", [processed!.Chunk.Number], lease, default);
        (await runs.ClaimAsync(runId, 0, "instance-b:1:y", [], lease, default)).Should().BeNull("the other instance has leased both");

        var again = await runs.ClaimAsync(runId, 0, "instance-a:1:x", [processed.Chunk.Number], lease, default);
        again!.Chunk.Number.Should().Be(lost!.Chunk.Number);
        again.FencingToken.Should().BeGreaterThan(lost.FencingToken);
        (await runs.ClaimAsync(runId, 0, "instance-a:1:x", [processed.Chunk.Number, again.Chunk.Number], lease, default))
            .Should().BeNull();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_run_whose_claims_are_not_answered_completes(int workers)
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await store.ExecuteAsync("CREATE TABLE job_output (chunk INTEGER NOT NULL)");
        var runs = new ClaimsWithoutAnswer(scenario.Services.GetRequiredService<IRunStore>());
        var runner = new PipelineRunner(
            runs, scenario.Services.GetRequiredService<IRunHistory>(), TimeProvider.System, NullLogger<PipelineRunner>.Instance);
        using var cancel = new CancellationTokenSource(TimeSpan.FromMinutes(1));

        var report = await runner.RunAsync(
            new Pipeline("export", "k", "v1", [new CountingStep(chunks: 5)]),
            new PipelineOptions { Workers = workers, RetryDelay = TimeSpan.Zero }, null, cancel.Token);

        report.Chunks.Should().Be(5);
        (await store.CountAsync("SELECT count(*) FROM job_output")).Should().Be(5);
        (await store.CountAsync("SELECT count(DISTINCT chunk) FROM job_output")).Should().Be(5);
    }

    [Fact]
    public async Task A_chunk_that_a_worker_holds_is_not_claimed_by_another_worker_of_the_same_instance()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        await store.ExecuteAsync("CREATE TABLE job_output (chunk INTEGER NOT NULL)");
        using var cancel = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var both = new Barrier(2);
        var processed = new ConcurrentQueue<int>();
        var job = new CountingStep(chunks: 2)
        {
            OnChunk = number =>
            {
                processed.Enqueue(number);
                both.SignalAndWait(cancel.Token);
            },
        };

        await scenario.Engine.Pipelines.RunAsync(
            new Pipeline("export", "k", "v1", [job]), new PipelineOptions { Workers = 2 }, null, cancel.Token);

        processed.Should().BeEquivalentTo([0, 1]);
    }

    /// <summary>Throws after the first claim of each chunk is committed, as when its answer is lost.</summary>
    private sealed class ClaimsWithoutAnswer(IRunStore runs) : IRunStore
    {
        private readonly ConcurrentDictionary<int, int> _lost = [];

        public bool ReadsAhead => runs.ReadsAhead;

        public async Task<PipelineLease?> ClaimAsync(
            long runId, int step, string owner, IReadOnlyCollection<int> held, TimeSpan lease, CancellationToken cancellationToken)
        {
            var claimed = await runs.ClaimAsync(runId, step, owner, held, lease, cancellationToken);
            return claimed is not null && _lost.TryAdd(claimed.Chunk.Number, 0) ? throw new TransientException() : claimed;
        }

        public Task<(long RunId, bool Completed)> StartAsync(
            Pipeline pipeline, string owner, TimeSpan lease, CancellationToken cancellationToken) =>
            runs.StartAsync(pipeline, owner, lease, cancellationToken);

        public Task<StepState?> FindStepAsync(long runId, int step, CancellationToken cancellationToken) =>
            runs.FindStepAsync(runId, step, cancellationToken);

        public Task AddStepAsync(long runId, int step, IReadOnlyList<PlannedChunk> chunks, CancellationToken cancellationToken) =>
            runs.AddStepAsync(runId, step, chunks, cancellationToken);

        public Task ReadAheadAsync(Func<DbTransaction, CancellationToken, Task> read, CancellationToken cancellationToken) =>
            runs.ReadAheadAsync(read, cancellationToken);

        public Task RenewAsync(long runId, string owner, TimeSpan lease, CancellationToken cancellationToken) =>
            runs.RenewAsync(runId, owner, lease, cancellationToken);

        public Task CommitAsync(PipelineLease claim, ChunkResult result, bool isLastStep, CancellationToken cancellationToken) =>
            runs.CommitAsync(claim, result, isLastStep, cancellationToken);

        public Task EndAsync(long runId, string owner, RunState state, string? failure, CancellationToken cancellationToken) =>
            runs.EndAsync(runId, owner, state, failure, cancellationToken);

        public Task<bool> AbandonAsync(long runId, CancellationToken cancellationToken) => runs.AbandonAsync(runId, cancellationToken);

        public Task<IReadOnlyList<long>> ListAbandonedAsync(
            DbTransaction transaction, string pipeline, CancellationToken cancellationToken) =>
            runs.ListAbandonedAsync(transaction, pipeline, cancellationToken);
    }
}
