using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Settlements.Stores;

namespace Settlements.Pipelines;

/// <summary>
/// Thrown when an instance with different settings is working on a run of the same pipeline and key: the run has a different fingerprint.
/// Nothing was changed.
/// </summary>
public sealed class RunConflictException : Exception
{
    /// <summary>Initializes an exception with the run and the instance.</summary>
    /// <param name="pipeline">The pipeline that could not be started.</param>
    /// <param name="runId">The id of the active run.</param>
    /// <param name="owner">The instance that is working on it, from <see cref="InstanceId.New"/>.</param>
    /// <param name="leaseUntil">The end of its lease, in UTC.</param>
    [Experimental("SETTLE001")]
    public RunConflictException(Pipeline pipeline, long runId, string owner, DateTimeOffset leaseUntil)
        : base(string.Create(
            CultureInfo.InvariantCulture,
            $"Pipeline '{pipeline?.Name}' '{pipeline?.Key}' can't be started: instance '{owner}' is working on run {runId} with different "
            + $"settings. Its lease ends at {leaseUntil:yyyy-MM-dd'T'HH:mm:ss'Z'}. Stop that instance or use the "
            + $"same settings on both, then start again."))
    {
        RunId = runId;
    }

    /// <summary>Gets the id of the active run.</summary>
    public long RunId { get; }

    /// <summary>
    /// Returns whether an instance is working on a run, which then must not be abandoned for one with a different fingerprint. For store
    /// authors.
    /// </summary>
    /// <param name="state">The state of the run, as stored.</param>
    /// <param name="owner">The owner of the run.</param>
    /// <param name="leaseUntil">The end of the owner's lease.</param>
    /// <param name="now">The current instant.</param>
    /// <returns>Whether the run is running, its lease has not expired, and its process is not known to have ended.</returns>
    public static bool IsUnderWay(string state, string owner, DateTimeOffset leaseUntil, DateTimeOffset now) =>
        state == RunStates.Running && leaseUntil > now && !InstanceId.IsDead(owner);
}
