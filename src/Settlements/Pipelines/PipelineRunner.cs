using System.Data.Common;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Settlements.Stores;

namespace Settlements.Pipelines;

/// <summary>Runs pipelines: plans, hands chunks to workers, commits each with its checkpoint, and goes on where a run stopped. Thread-safe.</summary>
/// <example>
/// <code>
/// // Once for each key, also when it is started on several hosts; after a crash it goes on with the chunk that was not done.
/// var pipeline = new Pipeline("invoices", key: "2024-07", fingerprint: "v1", steps);
/// var report = await engine.Pipelines.RunAsync(pipeline);
/// Console.WriteLine($"{report.Rows} rows");
/// </code>
/// </example>
public sealed partial class PipelineRunner
{
    private readonly IRunStore _runs;
    private readonly IRunHistory _history;
    private readonly TimeProvider _clock;
    private readonly ILogger<PipelineRunner> _logger;

    /// <summary>Makes a runner over a store's runs.</summary>
    /// <param name="runs">Where runs and checkpoints are kept.</param>
    /// <param name="history">Where what became of them is kept.</param>
    /// <param name="clock">The clock, for waits and durations.</param>
    /// <param name="logger">Where starts, retries and ends are told.</param>
    public PipelineRunner(IRunStore runs, IRunHistory history, TimeProvider clock, ILogger<PipelineRunner> logger)
    {
        _runs = runs;
        _history = history;
        _clock = clock;
        _logger = logger;
    }

    /// <summary>The history of runs.</summary>
    /// <param name="count">At most so many, at least 1.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The runs, newest first.</returns>
    public Task<IReadOnlyList<PipelineRun>> ListRunsAsync(int count, CancellationToken cancellationToken = default) => _history.ListAsync(count, cancellationToken);

    /// <summary>Finds a run of the history.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The run; null when there is none, or it was purged.</returns>
    public Task<PipelineRun?> FindRunAsync(long runId, CancellationToken cancellationToken = default) => _history.FindAsync(runId, cancellationToken);

    /// <summary>What a run met: retries with their reasons, chunks that changed hands, failures.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The incidents, oldest first.</returns>
    public Task<IReadOnlyList<RunIncident>> ListIncidentsAsync(long runId, CancellationToken cancellationToken = default) =>
        _history.ListIncidentsAsync(runId, cancellationToken);

    /// <summary>
    /// Leaves an unfinished run for good: hosts that work on it write nothing more, and the next start makes a new run that does all of it
    /// again. What a close leaves behind this way is swept when its day is published.
    /// </summary>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>Whether it was unfinished; a completed run stays as it is.</returns>
    public Task<bool> AbandonAsync(long runId, CancellationToken cancellationToken = default) => _runs.AbandonAsync(runId, cancellationToken);

    /// <summary>
    /// Forgets completed and abandoned runs that ended before an instant: their history, not what they wrote. A job of your own whose completed
    /// run is forgotten would be done again under the same key.
    /// </summary>
    /// <param name="endedBefore">The instant, excluded.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>How many runs were forgotten.</returns>
    public Task<int> PurgeRunsAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken = default) =>
        _history.PurgeAsync(endedBefore, cancellationToken);

    /// <summary>
    /// Runs a pipeline to its end, alone or together with other hosts that run the same one now. Goes on where an earlier run of the same name
    /// and key stopped.
    /// </summary>
    /// <param name="pipeline">The job.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="progress">Told when a step begins and after every chunk, from any thread.</param>
    /// <param name="cancellationToken">Stops after rolling back the chunks under way; what is committed stays.</param>
    /// <returns>What this host did.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the run is kept as stopped.</exception>
    public Task<RunReport> RunAsync(
        Pipeline pipeline, PipelineOptions? options = null, IProgress<RunProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        options ??= new PipelineOptions();
        var errors = options.Validate().ToList();
        return errors.Count == 0
            ? RunValidatedAsync(pipeline, options.ToLimits(), progress, cancellationToken)
            : throw new ArgumentException($"Pipeline '{pipeline.Name}': {string.Join(' ', errors)}", nameof(options));
    }

    /// <summary>The same with limits that are valid.</summary>
    internal async Task<RunReport> RunValidatedAsync(
        Pipeline pipeline, PipelineLimits limits, IProgress<RunProgress>? progress, CancellationToken cancellationToken)
    {
        using var activity = SettlementTelemetry.Activities.StartActivity("settlement.pipeline.run");
        activity?.SetTag("settlement.pipeline", pipeline.Name).SetTag("settlement.key", pipeline.Key);

        var owner = InstanceId.New();
        var started = _clock.GetTimestamp();
        var (runId, completed) = await _runs.StartAsync(pipeline, owner, limits.LeaseDuration, cancellationToken).ConfigureAwait(false);
        if (completed)
            return new RunReport(runId, AlreadyCompleted: true, 0, 0, _clock.GetElapsedTime(started));

        RunStarted(pipeline.Name, pipeline.Key, runId);
        var attempt = new RunAttempt(_runs, _history, _clock, _logger, pipeline, limits, owner, runId, progress);
        var outcome = RunState.Failed;
        Exception? failure = null;
        try
        {
            await attempt.RunAsync(cancellationToken).ConfigureAwait(false);
            outcome = RunState.Completed;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            outcome = RunState.Stopped;
            throw;
        }
        catch (Exception e)
        {
            failure = e;
            activity?.SetStatus(ActivityStatusCode.Error, e.Message);
            throw;
        }
        finally
        {
            var elapsed = _clock.GetElapsedTime(started);
            await EndAsync(pipeline, owner, runId, attempt, outcome, failure, elapsed).ConfigureAwait(false);
        }

        return new RunReport(runId, AlreadyCompleted: false, attempt.ChunksDone, attempt.RowsDone, _clock.GetElapsedTime(started))
        {
            ChunksOfLastStep = attempt.ChunksOfLastStep,
        };
    }

    private async Task EndAsync(
        Pipeline pipeline, string owner, long runId, RunAttempt attempt, RunState outcome, Exception? failure, TimeSpan elapsed)
    {
        SettlementTelemetry.RunDuration.Record(
            elapsed.TotalSeconds, new("settlement.pipeline", pipeline.Name), new("settlement.outcome", outcome.ToString()));
        var (step, chunk) = failure is null ? default : attempt.PlaceOf(failure);

        // Before anything is written: where the store is the cause, the log alone has it.
        if (failure is not null)
            RunFailed(failure, pipeline.Name, pipeline.Key, runId, step, chunk, attempt.ChunksDone, attempt.RowsDone, elapsed.TotalSeconds);
        try
        {
            // Not cancellable: a stopped run is to be known as stopped, and its chunks given back.
            await _runs.EndAsync(runId, owner, outcome, failure?.Message, CancellationToken.None).ConfigureAwait(false);
            if (failure is null)
            {
                RunEnded(pipeline.Name, pipeline.Key, runId, outcome, attempt.ChunksDone, attempt.RowsDone, elapsed.TotalSeconds);
                return;
            }

            await _history.RecordIncidentAsync(runId, new RunIncident(default, step, chunk, failure.Message), CancellationToken.None).ConfigureAwait(false);
        }
        catch (DbException e) when (outcome != RunState.Completed)
        {
            // The store is the likely reason of the failure itself, which is on its way to the caller: that one tells more.
            RunEndNotStored(e, pipeline.Name, pipeline.Key, runId, outcome);
        }
    }

    [LoggerMessage(100, LogLevel.Information, "Run {RunId} of pipeline {Pipeline} '{Key}' started")]
    private partial void RunStarted(string pipeline, string key, long runId);

    [LoggerMessage(101, LogLevel.Information,
        "Run {RunId} of pipeline {Pipeline} '{Key}' ended as {Outcome}: {Chunks} chunks and {Rows} rows here in {Seconds:0.0} s")]
    private partial void RunEnded(string pipeline, string key, long runId, RunState outcome, int chunks, long rows, double seconds);

    [LoggerMessage(103, LogLevel.Error,
        "Run {RunId} of pipeline {Pipeline} '{Key}' failed in step {Step}, chunk {Chunk}: {Chunks} chunks and {Rows} rows here in {Seconds:0.0} s. "
        + "The next start goes on where it stopped")]
    private partial void RunFailed(
        Exception exception, string pipeline, string key, long runId, string step, int? chunk, int chunks, long rows, double seconds);

    [LoggerMessage(102, LogLevel.Warning, "Run {RunId} of pipeline {Pipeline} '{Key}' ended as {Outcome}, which could not be stored")]
    private partial void RunEndNotStored(Exception exception, string pipeline, string key, long runId, RunState outcome);
}
