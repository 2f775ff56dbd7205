using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Settlements.Stores;

namespace Settlements.Pipelines;

/// <summary>One start of a run on one host: its workers, its lease and its counts.</summary>
internal sealed partial class RunAttempt(
    IRunStore runs, IRunHistory history, TimeProvider clock, ILogger logger, Pipeline pipeline, PipelineLimits limits, string owner, long runId, IProgress<RunProgress>? progress)
{
    /// <summary>Between polls for a free chunk while other workers hold the last ones.</summary>
    private static readonly Backoff PollDelay = new(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(200));

    private readonly Retry _retry = new(limits.RetriesMax, Backoff.OfRetries(limits.RetryDelay), clock);
    private readonly ConcurrentDictionary<Exception, int> _failedChunks = new(ReferenceEqualityComparer.Instance);
    private int _step;
    private int _chunksDone;
    private int _chunksOfLastStep;
    private long _rowsDone;

    public int ChunksDone => _chunksDone;

    public int ChunksOfLastStep => _chunksOfLastStep;

    public long RowsDone => Interlocked.Read(ref _rowsDone);

    /// <summary>Where an exception that ended the attempt came from: the step under way and, when it is a chunk's own, the chunk.</summary>
    public (string Step, int? Chunk) PlaceOf(Exception failure) =>
        (StepName(_step), _failedChunks.TryGetValue(failure, out var chunk) ? chunk : null);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var renewal = RenewLeasesAsync(stop.Token);
        try
        {
            for (var step = 0; step < pipeline.Steps.Count; step++)
                await RunStepAsync(step, stop.Token).ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await renewal.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RunStepAsync(int number, CancellationToken cancellationToken)
    {
        var step = pipeline.Steps[_step = number];
        using var activity = SettlementTelemetry.Activities.StartActivity($"settlement.pipeline.step {step.Name}");

        var begun = await RetryAsync(step, null, token => BeginAsync(step, number, token), cancellationToken).ConfigureAwait(false);
        var report = new StepReport(this, number, begun.ChunksDone, clock.GetTimestamp());
        report.Tell(begun);

        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var workers = Enumerable.Range(0, Math.Clamp(begun.ChunksTotal - begun.ChunksDone, 0, limits.Workers))
            .Select(_ => Task.Run(() => WorkAsync(step, number, report, failed), CancellationToken.None))
            .ToList();
        await WhenAllOrFirstFailure(workers).ConfigureAwait(false);
    }

    private async Task<StepState> BeginAsync(PipelineStep step, int number, CancellationToken cancellationToken)
    {
        var begun = await runs.FindStepAsync(runId, number, cancellationToken).ConfigureAwait(false);
        if (begun is null)
        {
            var plan = await step.PlanAsync(runId, cancellationToken).ConfigureAwait(false);
            await runs.AddStepAsync(runId, number, plan, cancellationToken).ConfigureAwait(false);
            begun = await runs.FindStepAsync(runId, number, cancellationToken).ConfigureAwait(false);
        }

        return begun!;
    }

    private async Task WorkAsync(PipelineStep step, int number, StepReport report, CancellationTokenSource failed)
    {
        try
        {
            for (var polls = 0; ;)
            {
                var claim = await RetryAsync(step, null, token =>
                    runs.ClaimAsync(runId, number, owner, limits.LeaseDuration, token), failed.Token)
                    .ConfigureAwait(false);
                if (claim is not null)
                    await DoChunkAsync(step, claim, failed.Token).ConfigureAwait(false);

                var state = (await RetryAsync(step, null, token => runs.FindStepAsync(runId, number, token), failed.Token).ConfigureAwait(false))!;
                if (claim is not null)
                {
                    report.Tell(state);
                    polls = 0;
                    continue;
                }

                if (state.ChunksDone == state.ChunksTotal)
                    return;
                await Task.Delay(PollDelay.DelayAfter(polls++), clock, failed.Token).ConfigureAwait(false);
            }
        }
        catch
        {
            await failed.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task DoChunkAsync(PipelineStep step, PipelineLease claim, CancellationToken cancellationToken)
    {
        try
        {
            var rows = await RetryAsync(
                step, claim.Chunk,
                async token =>
                {
                    var result = await step.ProcessAsync(claim.Chunk, token).ConfigureAwait(false);
                    await runs.CommitAsync(claim, result, claim.Chunk.Step == pipeline.Steps.Count - 1, token).ConfigureAwait(false);
                    return result.Rows;
                },
                cancellationToken).ConfigureAwait(false);
            Count(step, claim.Chunk, rows);
        }
        catch (LeaseLostException e)
        {
            ChunkLost(e, claim.Chunk.Number, step.Name, runId);
            await NoteAsync(step, claim.Chunk, e.Message).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _failedChunks.TryAdd(e, claim.Chunk.Number);
            throw;
        }
    }

    /// <summary>
    /// Retries after transient errors. Each is recorded with the run after its wait, when the store is more likely to be back.
    /// </summary>
    private async Task<T> RetryAsync<T>(PipelineStep step, PipelineChunk? chunk, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        string? reason = null;
        return await _retry.RunAsync(
            async token =>
            {
                if (reason is not null)
                    await NoteAsync(step, chunk, reason).ConfigureAwait(false);
                return await work(token).ConfigureAwait(false);
            },
            cancellationToken,
            (e, retry) =>
            {
                Retried(e, step.Name, runId, retry, limits.RetriesMax);
                SettlementTelemetry.Retries.Add(1, new("settlement.pipeline", pipeline.Name), new("settlement.step", step.Name));
                reason = FormattableString.Invariant($"Retry {retry} of {limits.RetriesMax}: {e.Message}");
            }).ConfigureAwait(false);
    }

    /// <summary>Keeps the reason with the run. The store may be what fails: then the log alone has it.</summary>
    private async Task NoteAsync(PipelineStep step, PipelineChunk? chunk, string reason)
    {
        try
        {
            await history.RecordIncidentAsync(runId, new RunIncident(default, step.Name, chunk?.Number, reason), CancellationToken.None).ConfigureAwait(false);
        }
        catch (DbException e)
        {
            NotNoted(e, runId);
        }
    }

    private void Count(PipelineStep step, PipelineChunk chunk, long rows)
    {
        if (chunk.Step == pipeline.Steps.Count - 1)
            Interlocked.Increment(ref _chunksOfLastStep);
        Interlocked.Increment(ref _chunksDone);
        Interlocked.Add(ref _rowsDone, rows);
        var tags = new TagList { { "settlement.pipeline", pipeline.Name }, { "settlement.step", step.Name } };
        SettlementTelemetry.ChunksDone.Add(1, tags);
        SettlementTelemetry.RowsRead.Add(rows, tags);
    }

    private async Task RenewLeasesAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(limits.LeaseDuration / 3, clock, cancellationToken).ConfigureAwait(false);
            try
            {
                await runs.RenewAsync(runId, owner, limits.LeaseDuration, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // The next third may succeed; when none does, the lease runs out and the commit is refused, which is safe.
                RenewalFailed(e, runId);
            }
        }
    }

    /// <summary>Waits for all workers, and throws what the first of them failed with rather than the cancellations it caused in the others.</summary>
    private static async Task WhenAllOrFirstFailure(List<Task> workers)
    {
        await Task.WhenAll(workers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var failed = workers.Find(w => w.IsFaulted) ?? workers.Find(w => w.IsCanceled);
        if (failed is not null)
            await failed.ConfigureAwait(false);
    }

    /// <summary>Turns a step's counts into progress.</summary>
    private sealed class StepReport(RunAttempt attempt, int number, int chunksDoneBefore, long startedAt)
    {
        private readonly long _rowsBefore = attempt.RowsDone;

        public void Tell(StepState state) => attempt.Report(new RunProgress(
            attempt.RunId, attempt.StepName(number), number + 1, attempt.Steps, state.ChunksDone, state.ChunksTotal,
            attempt.RowsDone - _rowsBefore, chunksDoneBefore, attempt.Since(startedAt)));
    }

    private long RunId => runId;

    private int Steps => pipeline.Steps.Count;

    private string StepName(int number) => pipeline.Steps[number].Name;

    private TimeSpan Since(long timestamp) => clock.GetElapsedTime(timestamp);

    private void Report(RunProgress value) => progress?.Report(value);

    [LoggerMessage(110, LogLevel.Warning, "Step {Step} of run {RunId} met a passing fault of the store and goes on: retry {Retry} of {RetriesMax}")]
    private partial void Retried(Exception exception, string step, long runId, int retry, int retriesMax);

    [LoggerMessage(111, LogLevel.Warning, "Chunk {Chunk} of step {Step} of run {RunId} was taken over by another host")]
    private partial void ChunkLost(Exception exception, int chunk, string step, long runId);

    [LoggerMessage(113, LogLevel.Warning, "What run {RunId} met could not be kept in its history")]
    private partial void NotNoted(Exception exception, long runId);

    [LoggerMessage(112, LogLevel.Warning, "The lease of run {RunId} could not be renewed")]
    private partial void RenewalFailed(Exception exception, long runId);
}
