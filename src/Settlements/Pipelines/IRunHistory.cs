using System.Diagnostics.CodeAnalysis;
using Settlements.Pipelines;

namespace Settlements.Stores;

/// <summary>The port of the history of runs. Owner of the table pipeline_incidents.</summary>
[Experimental("SETTLE001")]
public interface IRunHistory
{
    /// <summary>Keeps what a run met, for its history; at most <see cref="RunIncident.CountMax"/> of a run, further ones are dropped.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="incident">What it met; the instant is the store's to set.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>When it is stored.</returns>
    Task RecordIncidentAsync(long runId, RunIncident incident, CancellationToken cancellationToken);

    /// <summary>What a run met, oldest first.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>The incidents.</returns>
    Task<IReadOnlyList<RunIncident>> ListIncidentsAsync(long runId, CancellationToken cancellationToken);

    /// <summary>Finds a run of the history.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>The run; null when there is none, or it was purged.</returns>
    Task<PipelineRun?> FindAsync(long runId, CancellationToken cancellationToken);

    /// <summary>The history, newest first.</summary>
    /// <param name="count">At most so many, at least 1.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>The runs.</returns>
    Task<IReadOnlyList<PipelineRun>> ListAsync(int count, CancellationToken cancellationToken);

    /// <summary>
    /// Forgets completed and abandoned runs that ended before an instant: their history, not what they wrote. A job of your own whose completed
    /// run is forgotten would be done again under the same key.
    /// </summary>
    /// <param name="endedBefore">The instant, excluded.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>How many runs were forgotten.</returns>
    Task<int> PurgeAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken);
}
