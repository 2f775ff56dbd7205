using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Settlements.Pipelines;

namespace Settlements.Stores;

/// <summary>The port of the second stage: keeps the partial sums and control totals of a run, and merges them.</summary>
[Experimental("SETTLE001")]
public interface ISumStore : IRunRows
{
    /// <summary>Appends the partial sums and control totals of a chunk, keyed by run and chunk.</summary>
    /// <param name="transaction">The chunk's transaction.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="totals">Its sums.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>When they are written.</returns>
    Task AppendPartialsAsync(DbTransaction transaction, PipelineChunk chunk, SumAccumulator totals, CancellationToken cancellationToken);

    /// <summary>Cuts the partial sums of a run into ranges of whole items, in key order.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="partialsMax">About how many partial sums a range has; an item is never cut.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The ranges.</returns>
    Task<IReadOnlyList<PlannedChunk>> PlanItemRangesAsync(long runId, int partialsMax, CancellationToken cancellationToken);

    /// <summary>Merges the partial sums of a range of items.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="day">The posting date: the usage date of what arrived on time.</param>
    /// <param name="bounds">The range, as planned.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The sums, in the byte order of meter, item and payee, then by usage date with that of the posting date first.</returns>
    Task<IReadOnlyList<UsageSum>> MergeAsync(long runId, DateOnly day, string bounds, CancellationToken cancellationToken);

    /// <summary>The control totals of a run's chunks.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>One for each meter, by bytes.</returns>
    Task<IReadOnlyList<ControlTotal>> ReadControlTotalsAsync(DbTransaction transaction, long runId, CancellationToken cancellationToken);
}

/// <summary>What the chunks of a run read of a meter, counted apart from the sums.</summary>
/// <param name="Meter">The meter.</param>
/// <param name="Events">The events that were read.</param>
/// <param name="Quantity">Their units.</param>
[Experimental("SETTLE001")]
public sealed record ControlTotal(string Meter, long Events, decimal Quantity);
