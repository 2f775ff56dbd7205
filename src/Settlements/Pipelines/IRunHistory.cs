using System.Diagnostics.CodeAnalysis;
using Settlements.Pipelines;

namespace Settlements.Stores;

/// <summary>The port of the run history. Owns the table <c>pipeline_incidents</c>.</summary>
[Experimental("SETTLE001")]
public interface IRunHistory
{
    /// <summary>Records an incident of a run, at most 1,000 for each run. Further ones are dropped.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="incident">The incident. The store sets its instant.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when the incident is stored.</returns>
    Task RecordIncidentAsync(long runId, RunIncident incident, CancellationToken cancellationToken);

    /// <summary>Lists the incidents of a run, oldest first.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The incidents.</returns>
    Task<IReadOnlyList<RunIncident>> ListIncidentsAsync(long runId, CancellationToken cancellationToken);

    /// <summary>Finds a run in the history.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The run; null when it does not exist or was purged.</returns>
    Task<PipelineRun?> FindAsync(long runId, CancellationToken cancellationToken);

    /// <summary>Lists the runs, newest first.</summary>
    /// <param name="count">The maximum number of runs, 1 or more.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The runs.</returns>
    Task<IReadOnlyList<PipelineRun>> ListAsync(int count, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes the history of completed and abandoned runs that ended before an instant, and keeps their results. A purged run of an
    /// application pipeline is executed again when its key is started again.
    /// </summary>
    /// <param name="endedBefore">The instant, excluded, in UTC.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The number of purged runs.</returns>
    Task<int> PurgeAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken);
}
