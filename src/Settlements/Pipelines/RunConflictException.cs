using System.Globalization;

namespace Settlements.Pipelines;

/// <summary>
/// A run of the same pipeline and key is under way with another fingerprint: an instance with other settings works on it now. Nothing was changed.
/// </summary>
public sealed class RunConflictException : Exception
{
    /// <summary>Names the run and the instance.</summary>
    /// <param name="pipeline">The job that was to be started.</param>
    /// <param name="runId">The run that is under way.</param>
    /// <param name="owner">The instance that works on it, as <see cref="InstanceId.New"/> gave it.</param>
    /// <param name="leaseUntil">Until when its lease lasts, UTC.</param>
    public RunConflictException(Pipeline pipeline, long runId, string owner, DateTimeOffset leaseUntil)
        : base(string.Create(
            CultureInfo.InvariantCulture,
            $"Pipeline '{pipeline?.Name}' '{pipeline?.Key}' can't be started: run {runId} is under way with other settings, by instance '{owner}', whose "
            + $"lease lasts until {leaseUntil:yyyy-MM-dd'T'HH:mm:ss'Z'}. Stop that instance or give both the same settings, and start again after that."))
    {
        RunId = runId;
    }

    /// <summary>The run that is under way.</summary>
    public long RunId { get; }

    /// <summary>For stores: whether an instance works on a run, so that it may not be abandoned for one with another fingerprint.</summary>
    /// <param name="state">The run's state, as stored.</param>
    /// <param name="owner">Its owner.</param>
    /// <param name="leaseUntil">Until when the owner's lease lasts.</param>
    /// <param name="now">The present instant.</param>
    /// <returns>Whether it is running under a lease that lasts, and its process is not known to have ended.</returns>
    public static bool IsUnderWay(string state, string owner, DateTimeOffset leaseUntil, DateTimeOffset now) =>
        state == RunStates.Running && leaseUntil > now && !InstanceId.IsDead(owner);
}
