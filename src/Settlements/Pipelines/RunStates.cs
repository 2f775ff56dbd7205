using Settlements.Stores;

namespace Settlements.Pipelines;

/// <summary>The states of runs as stored, and their conversion to the states of the history.</summary>
internal static class RunStates
{
    public const string Running = "running";

    public const string Stopped = "stopped";

    public const string Failed = "failed";

    public const string Abandoned = "abandoned";

    public const string Completed = "completed";

    /// <summary>Returns the stored text of a final state.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The state is not final; <see cref="Abandoned"/> is set by abandoning a run.
    /// </exception>
    public static string EndText(RunState state) => state switch
    {
        RunState.Completed => Completed,
        RunState.Stopped => Stopped,
        RunState.Failed => Failed,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Use Completed, Stopped or Failed."),
    };

    /// <summary>
    /// Returns the state of a run in the history: a running one whose instance is dead, or whose lease has expired, is interrupted.
    /// </summary>
    /// <param name="state">The stored state.</param>
    /// <param name="owner">The instance that last started the run.</param>
    /// <param name="leaseUntil">The end of its lease, in UTC.</param>
    /// <param name="now">The current instant, in UTC.</param>
    /// <exception cref="InvalidOperationException">The text is not a known state.</exception>
    public static RunState Parse(string state, string owner, DateTimeOffset leaseUntil, DateTimeOffset now) => state switch
    {
        Running => leaseUntil < now || InstanceId.IsDead(owner) ? RunState.Interrupted : RunState.Running,
        Stopped => RunState.Stopped,
        Failed => RunState.Failed,
        Abandoned => RunState.Abandoned,
        Completed => RunState.Completed,
        _ => throw new InvalidOperationException(
            $"A row of pipeline_runs has the state '{state}', which is unknown to this version. Restore the row, or update the package."),
    };
}
