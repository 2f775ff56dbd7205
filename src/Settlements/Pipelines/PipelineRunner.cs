using System.Data.Common;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Settlements.Stores;

namespace Settlements.Pipelines;

/// <summary>
/// Runs pipelines: plans steps, assigns chunks to workers, commits each chunk with its checkpoint, and resumes stopped runs. Thread-safe.
/// </summary>
/// <example>
/// <code>
/// // Runs once for each key, also when several instances start it. After a crash it resumes with the unfinished chunks.
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

    /// <summary>Initializes a runner with the ports of a store.</summary>
    /// <param name="runs">The port of runs and checkpoints.</param>
    /// <param name="history">The port of the run history.</param>
    /// <param name="clock">The clock for delays and durations.</param>
    /// <param name="logger">The logger of starts, retries and ends.</param>
    [Experimental("SETTLE001")]
    public PipelineRunner(IRunStore runs, IRunHistory history, TimeProvider clock, ILogger<PipelineRunner> logger)
    {
        _runs = runs;
        _history = history;
        _clock = clock;
        _logger = logger;
    }

    /// <summary>Lists the runs of the history.</summary>
    /// <param name="count">The maximum number of runs, 1 or more.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The runs, newest first.</returns>
    public Task<IReadOnlyList<PipelineRun>> ListRunsAsync(int count, CancellationToken cancellationToken = default) =>
        _history.ListAsync(count, cancellationToken);

    /// <summary>Finds a run in the history.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The run; null when it does not exist or was purged.</returns>
    public Task<PipelineRun?> FindRunAsync(long runId, CancellationToken cancellationToken = default) =>
        _history.FindAsync(runId, cancellationToken);

    /// <summary>Lists the incidents of a run: retries with their causes, lost leases, failures.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The incidents, oldest first.</returns>
    public Task<IReadOnlyList<RunIncident>> ListIncidentsAsync(long runId, CancellationToken cancellationToken = default) =>
        _history.ListIncidentsAsync(runId, cancellationToken);

    /// <summary>
    /// Abandons an unfinished run: instances that work on it write nothing more, and the next start creates a new run from the beginning.
    /// The rows of an abandoned close are deleted when its day is published.
    /// </summary>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether the run was unfinished. A completed run is not changed.</returns>
    public Task<bool> AbandonAsync(long runId, CancellationToken cancellationToken = default) =>
        _runs.AbandonAsync(runId, cancellationToken);

    /// <summary>
    /// Deletes the history of completed and abandoned runs that ended before an instant, and keeps their results. A purged run of an
    /// application pipeline is executed again when its key is started again.
    /// </summary>
    /// <param name="endedBefore">The instant, excluded, in UTC.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The number of purged runs.</returns>
    public Task<int> PurgeRunsAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken = default) =>
        _history.PurgeAsync(endedBefore, cancellationToken);

    /// <summary>
    /// Runs a pipeline to its end, alone or together with other instances that run the same pipeline. Resumes an unfinished run of the
    /// same name and key.
    /// </summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="progress">Receives the progress when a step starts and after each chunk, on any thread.</param>
    /// <param name="cancellationToken">Stops the run after rolling back the current chunks. Committed chunks are kept.</param>
    /// <returns>The report of this instance.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled. The run is stored as stopped.</exception>
    public Task<RunReport> RunAsync(
        Pipeline pipeline, PipelineOptions? options = null, IProgress<RunProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        options ??= new PipelineOptions();
        var errors = options.Validate().ToList();
        return errors.Count == 0
            ? RunValidatedAsync(pipeline, options.ToLimits(), progress, cancellationToken)
            : throw new ArgumentException($"Pipeline '{pipeline.Name}': {string.Join(' ', errors)}", nameof(options));
    }

    /// <summary>Runs a pipeline with validated limits.</summary>
    internal async Task<RunReport> RunValidatedAsync(
        Pipeline pipeline, PipelineLimits limits, IProgress<RunProgress>? progress, CancellationToken cancellationToken)
    {
        using var activity = SettlementTelemetry.Activities.StartActivity("settlement.pipeline.run");
        activity?.SetTag("settlement.pipeline", pipeline.Name).SetTag("settlement.key", pipeline.Key);

        var owner = InstanceId.New();
        var started = _clock.GetTimestamp();
        var (runId, completed) = await _runs.StartAsync(pipeline, owner, limits.LeaseDuration, cancellationToken).ConfigureAwait(false);
        if (completed)
            return new RunReport(runId, alreadyCompleted: true, 0, 0, _clock.GetElapsedTime(started));

        RunStarted(pipeline.Name, pipeline.Key, runId);
        using var execution = new RunExecution(_runs, _history, _clock, _logger, pipeline, limits, owner, runId, progress);
        var outcome = RunState.Failed;
        Exception? failure = null;
        try
        {
            await execution.RunAsync(cancellationToken).ConfigureAwait(false);
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
            await EndAsync(pipeline, owner, runId, execution, outcome, failure, elapsed).ConfigureAwait(false);
        }

        return new RunReport(runId, alreadyCompleted: false, execution.ChunksDone, execution.RowsDone, _clock.GetElapsedTime(started))
        {
            ChunksOfLastStep = execution.ChunksOfLastStep,
        };
    }

    private async Task EndAsync(
        Pipeline pipeline, string owner, long runId, RunExecution execution, RunState outcome, Exception? failure, TimeSpan elapsed)
    {
        SettlementTelemetry.RunDuration.Record(
            elapsed.TotalSeconds, new("settlement.pipeline", pipeline.Name), new("settlement.outcome", outcome.ToString()));
        var (step, chunk) = failure is null ? default : execution.LocationOf(failure);

        // Logged before anything is written: if the store is the cause, only the log has the error.
        if (failure is not null)
        {
            RunFailed(
                failure, pipeline.Name, pipeline.Key, runId, step, chunk, execution.ChunksDone, execution.RowsDone, elapsed.TotalSeconds);
        }

        try
        {
            // Not cancellable: the state of a stopped run must be stored and its chunks released.
            await _runs.EndAsync(runId, owner, outcome, failure?.Message, CancellationToken.None).ConfigureAwait(false);
            if (failure is null)
            {
                RunEnded(pipeline.Name, pipeline.Key, runId, outcome, execution.ChunksDone, execution.RowsDone, elapsed.TotalSeconds);
                return;
            }

            var incident = new RunIncident(default, step, chunk, failure.Message);
            await _history.RecordIncidentAsync(runId, incident, CancellationToken.None).ConfigureAwait(false);
        }
        catch (DbException e) when (outcome != RunState.Completed)
        {
            // The store is the likely cause of the failure, and the exception of the failure, which is thrown to the caller, has more
            // details.
            RunEndNotStored(e, pipeline.Name, pipeline.Key, runId, outcome);
        }
    }

    [LoggerMessage(100, LogLevel.Information, "Run {RunId} of pipeline {Pipeline} '{Key}' started.")]
    private partial void RunStarted(string pipeline, string key, long runId);

    [LoggerMessage(101, LogLevel.Information,
        "Run {RunId} of pipeline {Pipeline} '{Key}' ended as {Outcome} after {Seconds:0.0} s; this instance "
        + "processed {Chunks} chunks and {Rows} rows.")]
    private partial void RunEnded(string pipeline, string key, long runId, RunState outcome, int chunks, long rows, double seconds);

    [LoggerMessage(103, LogLevel.Error,
        "Run {RunId} of pipeline {Pipeline} '{Key}' failed in step {Step}, chunk {Chunk} after {Seconds:0.0} s; this instance processed "
        + "{Chunks} chunks and {Rows} rows. The next start resumes the run.")]
    private partial void RunFailed(
        Exception exception, string pipeline, string key, long runId, string step, int? chunk, int chunks, long rows, double seconds);

    [LoggerMessage(102, LogLevel.Warning, "Could not store the outcome {Outcome} of run {RunId} of pipeline {Pipeline} '{Key}'.")]
    private partial void RunEndNotStored(Exception exception, string pipeline, string key, long runId, RunState outcome);
}
