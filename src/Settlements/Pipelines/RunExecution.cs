using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Settlements.Stores;

namespace Settlements.Pipelines;

/// <summary>The execution of a run on this instance: its workers, lease renewal and counts.</summary>
internal sealed partial class RunExecution(
    IRunStore runs, IRunHistory history, TimeProvider clock, ILogger logger, Pipeline pipeline, PipelineLimits limits, string owner,
    long runId, IProgress<RunProgress>? progress) : IDisposable
{
    /// <summary>The delay between polls for a chunk while other workers process the last ones.</summary>
    private static readonly Backoff PollDelay = new(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(200));

    private readonly Retry _retry = new(limits.RetriesMax, Backoff.OfRetries(limits.RetryDelay), clock);
    private readonly SemaphoreSlim _claims = new(1);
    private readonly HashSet<int> _held = [];
    private readonly ConcurrentDictionary<Exception, int> _failedChunks = new(ReferenceEqualityComparer.Instance);

    /// <summary>Completed and replaced when a worker has processed a chunk.</summary>
    private TaskCompletionSource _processed = NewSignal();
    private int _step;
    private int _chunksDone;
    private int _chunksOfLastStep;
    private long _rowsDone;

    public int ChunksDone => _chunksDone;

    public int ChunksOfLastStep => _chunksOfLastStep;

    public long RowsDone => Interlocked.Read(ref _rowsDone);

    /// <summary>
    /// Returns the origin of the exception that ended the execution: the current step and, for an error of a chunk, the chunk.
    /// </summary>
    public (string Step, int? Chunk) LocationOf(Exception failure) =>
        (StepName(_step), _failedChunks.TryGetValue(failure, out var chunk) ? chunk : null);

    public void Dispose() => _claims.Dispose();

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
            await stop.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await renewal.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RunStepAsync(int number, CancellationToken cancellationToken)
    {
        var step = pipeline.Steps[_step = number];
        using var activity = SettlementTelemetry.Activities.StartActivity($"settlement.pipeline.step {step.Name}");

        var initial = await RetryAsync(step, null, token => BeginAsync(step, number, token), cancellationToken).ConfigureAwait(false);
        var report = new StepReport(this, number, initial.ChunksDone, clock.GetTimestamp());
        report.Publish(initial);

        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var workers = Enumerable.Range(0, Math.Clamp(initial.ChunksTotal - initial.ChunksDone, 0, limits.Workers))
            .Select(_ => Task.Run(() => WorkAsync(step, number, report, failed), CancellationToken.None))
            .ToList();
        await WhenAllOrFirstFailure(workers).ConfigureAwait(false);
    }

    private async Task<StepState> BeginAsync(PipelineStep step, int number, CancellationToken cancellationToken)
    {
        var initial = await runs.FindStepAsync(runId, number, cancellationToken).ConfigureAwait(false);
        if (initial is null)
        {
            var plan = await step.PlanAsync(runId, cancellationToken).ConfigureAwait(false);
            await runs.AddStepAsync(runId, number, plan, cancellationToken).ConfigureAwait(false);
            initial = await runs.FindStepAsync(runId, number, cancellationToken).ConfigureAwait(false);
        }

        return initial!;
    }

    private async Task WorkAsync(PipelineStep step, int number, StepReport report, CancellationTokenSource failed)
    {
        try
        {
            for (var polls = 0; ;)
            {
                var processed = Volatile.Read(ref _processed).Task;
                var lease = await RetryAsync(step, null, token => ClaimAsync(number, token), failed.Token).ConfigureAwait(false);
                if (lease is not null)
                {
                    await ProcessChunkAsync(step, lease, failed.Token).ConfigureAwait(false);
                    Interlocked.Exchange(ref _processed, NewSignal()).SetResult();
                }

                var state = (await RetryAsync(step, null, token => runs.FindStepAsync(runId, number, token), failed.Token)
                    .ConfigureAwait(false))!;
                if (lease is not null)
                {
                    report.Publish(state);
                    polls = 0;
                    continue;
                }

                if (state.ChunksDone == state.ChunksTotal)
                    return;
                await WaitAsync(processed, PollDelay.DelayAfter(polls++), failed.Token).ConfigureAwait(false);
            }
        }
        catch
        {
            // A driver's callback may throw when its connection is lost. The caller gets the error that made the worker fail.
            await failed.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    /// <summary>Waits for another worker of this instance to process a chunk, at most for a delay: other instances don't signal.</summary>
    private async Task WaitAsync(Task processed, TimeSpan delay, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(processed, Task.Delay(delay, clock, ended.Token)).ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Leases a chunk. One worker at a time: a chunk that the store has for this owner, and that no worker holds, was leased by a call
    /// whose answer was lost. Its lease is renewed with the others, so that it would never expire.
    /// </summary>
    private async Task<PipelineLease?> ClaimAsync(int step, CancellationToken cancellationToken)
    {
        await _claims.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            int[] held;
            lock (_held)
                held = [.. _held];
            var lease = await runs.ClaimAsync(runId, step, owner, held, limits.LeaseDuration, cancellationToken).ConfigureAwait(false);
            if (lease is not null)
            {
                lock (_held)
                    _held.Add(lease.Chunk.Number);
            }

            return lease;
        }
        finally
        {
            _claims.Release();
        }
    }

    private async Task ProcessChunkAsync(PipelineStep step, PipelineLease lease, CancellationToken cancellationToken)
    {
        try
        {
            var rows = await RetryAsync(
                step, lease.Chunk,
                async token =>
                {
                    var result = await step.ProcessAsync(lease.Chunk, token).ConfigureAwait(false);
                    await runs.CommitAsync(lease, result, lease.Chunk.Step == pipeline.Steps.Count - 1, token).ConfigureAwait(false);
                    return result.Rows;
                },
                cancellationToken).ConfigureAwait(false);
            Count(step, lease.Chunk, rows);
        }
        catch (LeaseLostException e)
        {
            LeaseLost(e, lease.Chunk.Number, step.Name, runId);
            await RecordIncidentAsync(step, lease.Chunk, e.Message).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _failedChunks.TryAdd(e, lease.Chunk.Number);
            throw;
        }
        finally
        {
            lock (_held)
                _held.Remove(lease.Chunk.Number);
        }
    }

    /// <summary>
    /// Retries after transient errors. Each incident is recorded after the delay, when the store is more likely to be available.
    /// </summary>
    private async Task<T> RetryAsync<T>(
        PipelineStep step, PipelineChunk? chunk, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        string? reason = null;
        return await _retry.RunAsync(
            async token =>
            {
                if (reason is not null)
                    await RecordIncidentAsync(step, chunk, reason).ConfigureAwait(false);
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

    /// <summary>Records an incident of the run. If the store fails, only the log has it.</summary>
    private async Task RecordIncidentAsync(PipelineStep step, PipelineChunk? chunk, string reason)
    {
        try
        {
            var incident = new RunIncident(default, step.Name, chunk?.Number, reason);
            await history.RecordIncidentAsync(runId, incident, CancellationToken.None).ConfigureAwait(false);
        }
        catch (DbException e)
        {
            IncidentNotRecorded(e, runId);
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
                // The next renewal may succeed. If none does, the lease expires and the commit is rejected, which is safe.
                RenewalFailed(e, runId);
            }
        }
    }

    /// <summary>Waits for all workers, and throws the first failure rather than the cancellations that it caused.</summary>
    private static async Task WhenAllOrFirstFailure(List<Task> workers)
    {
        await Task.WhenAll(workers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var failed = workers.Find(w => w.IsFaulted) ?? workers.Find(w => w.IsCanceled);
        if (failed is not null)
            await failed.ConfigureAwait(false);
    }

    /// <summary>Reports the progress of a step.</summary>
    private sealed class StepReport(RunExecution execution, int number, int chunksDoneBefore, long startedAt)
    {
        private readonly long _rowsBefore = execution.RowsDone;

        public void Publish(StepState state) => execution.Report(new RunProgress(
            execution.RunId, execution.StepName(number), number + 1, execution.Steps, state.ChunksDone, state.ChunksTotal,
            execution.RowsDone - _rowsBefore, chunksDoneBefore, execution.Since(startedAt)));
    }

    private long RunId => runId;

    private int Steps => pipeline.Steps.Count;

    private string StepName(int number) => pipeline.Steps[number].Name;

    private TimeSpan Since(long timestamp) => clock.GetElapsedTime(timestamp);

    private void Report(RunProgress value) => progress?.Report(value);

    [LoggerMessage(110, LogLevel.Warning,
        "Transient store error in step {Step} of run {RunId}; retrying (retry {Retry} of {RetriesMax}).")]
    private partial void Retried(Exception exception, string step, long runId, int retry, int retriesMax);

    [LoggerMessage(111, LogLevel.Warning, "Lease lost: another instance has leased chunk {Chunk} of step {Step} of run {RunId}.")]
    private partial void LeaseLost(Exception exception, int chunk, string step, long runId);

    [LoggerMessage(113, LogLevel.Warning, "Could not record an incident for run {RunId}.")]
    private partial void IncidentNotRecorded(Exception exception, long runId);

    [LoggerMessage(112, LogLevel.Warning, "Could not renew the lease of run {RunId}.")]
    private partial void RenewalFailed(Exception exception, long runId);
}
