using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>The estimate that readers see, as stored. Immutable.</summary>
[Experimental("SETTLE001")]
public sealed class StoredEstimate
{
    /// <summary>Initializes a stored estimate.</summary>
    /// <param name="refresh">The number of the last refresh, from 1.</param>
    /// <param name="runId">The run that computed the estimate; 0 when there is none yet.</param>
    /// <param name="asOf">The instant of the estimate, in UTC.</param>
    /// <param name="days">The estimated days in order, each with the run id of its rows and whether it is published.</param>
    public StoredEstimate(
        long refresh, long runId, DateTimeOffset asOf, IReadOnlyList<(DateOnly Day, long RunId, bool IsPublished)> days) =>
        (Refresh, RunId, AsOf, Days) = (refresh, runId, asOf, days);

    /// <summary>Gets the number of the last refresh, from 1.</summary>
    public long Refresh { get; }

    /// <summary>Gets the run that computed the estimate; 0 when there is none yet.</summary>
    public long RunId { get; }

    /// <summary>Gets the instant of the estimate, in UTC.</summary>
    public DateTimeOffset AsOf { get; }

    /// <summary>Gets the estimated days in order, each with the run id of its rows, and whether it has been published since.</summary>
    public IReadOnlyList<(DateOnly Day, long RunId, bool IsPublished)> Days { get; }
}

/// <summary>Stores which rows are the current estimate. Owner of the tables estimates and estimate_refreshes.</summary>
[Experimental("SETTLE001")]
public interface IEstimateStore
{
    /// <summary>Returns the current estimate, in one statement.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The estimate; null before the first refresh.</returns>
    Task<StoredEstimate?> FindAsync(CancellationToken cancellationToken);

    /// <summary>Replaces the current estimate. Readers see the new one from the commit on.</summary>
    /// <param name="transaction">The transaction that completes the refresh.</param>
    /// <param name="estimate">The new estimate.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when it is written.</returns>
    Task PublishAsync(DbTransaction transaction, StoredEstimate estimate, CancellationToken cancellationToken);

    /// <summary>Records that a refresh ended without a new estimate; the current one remains.</summary>
    /// <param name="transaction">The transaction that completes the refresh.</param>
    /// <param name="refresh">The number of the refresh.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when it is written.</returns>
    Task SkipAsync(DbTransaction transaction, long refresh, CancellationToken cancellationToken);
}
