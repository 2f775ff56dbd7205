using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Settlements.Pipelines;

/// <summary>Thrown when a run was abandoned because another instance started a new one with a different fingerprint.</summary>
public sealed class RunAbandonedException : Exception
{
    /// <summary>Initializes an exception for an abandoned run.</summary>
    /// <param name="runId">The run.</param>
    [Experimental("SETTLE001")]
    public RunAbandonedException(long runId)
        : base(string.Create(
            CultureInfo.InvariantCulture,
            $"Run {runId} was abandoned: an instance with different settings (calendar, rates, sources, or a version of the code) started "
            + $"a new run. Nothing more of run {runId} is written. Use the same settings on all instances.")) => RunId = runId;

    /// <summary>Gets the id of the run.</summary>
    public long RunId { get; }
}
