namespace Settlements.Pipelines;

/// <summary>States of runs as stores keep them, and what they mean for the history.</summary>
internal static class RunStates
{
    public const string Running = "running";

    public const string Stopped = "stopped";

    public const string Failed = "failed";

    public const string Abandoned = "abandoned";

    public const string Completed = "completed";

    /// <summary>The text of a state in which a run ends.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A run doesn't end in this state; <see cref="Abandoned"/> is set by abandoning it.
    /// </exception>
    public static string EndText(RunState state) => state switch
    {
        RunState.Completed => Completed,
        RunState.Stopped => Stopped,
        RunState.Failed => Failed,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "A run ends as completed, stopped or failed."),
    };

    /// <summary>
    /// The state of a run as the history shows it: a running one whose instance is dead, or whose lease ended, is interrupted.
    /// </summary>
    /// <param name="state">As stored.</param>
    /// <param name="owner">The instance that started it last.</param>
    /// <param name="leaseUntil">When its lease ends, UTC.</param>
    /// <param name="now">The present instant, UTC.</param>
    /// <exception cref="InvalidOperationException">The text is that of no state.</exception>
    public static RunState Parse(string state, string owner, DateTimeOffset leaseUntil, DateTimeOffset now) => state switch
    {
        Running => leaseUntil < now || InstanceId.IsDead(owner) ? RunState.Interrupted : RunState.Running,
        Stopped => RunState.Stopped,
        Failed => RunState.Failed,
        Abandoned => RunState.Abandoned,
        Completed => RunState.Completed,
        _ => throw new InvalidOperationException(
            $"A row of pipeline_runs has the state '{state}', which this version doesn't know. Restore the row, or update the package."),
    };
}
