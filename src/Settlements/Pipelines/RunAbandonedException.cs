namespace Settlements.Pipelines;

/// <summary>The run was abandoned: another host started a new one, because what its results depend on changed.</summary>
public sealed class RunAbandonedException : Exception
{
    /// <summary>Says which run was abandoned.</summary>
    /// <param name="runId">The run.</param>
    public RunAbandonedException(long runId)
        : base(FormattableString.Invariant($"Run {runId} was abandoned for a new one by a host with other settings (calendar, rates, sources, or a version of the code); ")
            + "nothing more of it is written. Give all hosts the same settings.") => RunId = runId;

    /// <summary>The run.</summary>
    public long RunId { get; }
}
