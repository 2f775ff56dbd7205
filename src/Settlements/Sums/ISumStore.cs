using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Settlements.Pipelines;

namespace Settlements.Stores;

/// <summary>The port of the sums stage: stores the partial sums and control totals of a run, and merges the sums.</summary>
[Experimental("SETTLE001")]
public interface ISumStore : IRunRows
{
    /// <summary>Appends the partial sums and control totals of a chunk, keyed by run and chunk.</summary>
    /// <param name="transaction">The transaction of the chunk.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="totals">The sums of the chunk.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when they are written.</returns>
    Task AppendPartialsAsync(DbTransaction transaction, PipelineChunk chunk, SumAccumulator totals, CancellationToken cancellationToken);

    /// <summary>Divides the partial sums of runs into ranges of items, in key order.</summary>
    /// <param name="runIds">The run; or the run ids of the days of an estimate.</param>
    /// <param name="partialsMax">The approximate number of partial sums of a range. An item is never divided.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The ranges.</returns>
    Task<IReadOnlyList<PlannedChunk>> PlanItemRangesAsync(
        IReadOnlyList<long> runIds, int partialsMax, CancellationToken cancellationToken);

    /// <summary>Merges the partial sums of a range of items.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="day">The posting date: the usage date of what arrived on time.</param>
    /// <param name="bounds">The range, as planned.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The sums, in the byte order of meter, item and payee, then by usage date with that of the posting date first.</returns>
    Task<IReadOnlyList<UsageSum>> MergeAsync(long runId, DateOnly day, string bounds, CancellationToken cancellationToken);

    /// <summary>Reads the control totals of the chunks of a run.</summary>
    /// <param name="transaction">The transaction that publishes the day.</param>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>One control total for each meter, ordered by the bytes of the meter.</returns>
    Task<IReadOnlyList<ControlTotal>> ReadControlTotalsAsync(DbTransaction transaction, long runId, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes partial sums and control totals of estimates, in a transaction of its own. Publications of days delete those of other runs.
    /// </summary>
    /// <param name="first">The first run id, included, below 0; the last is -1. See <see cref="EstimateRuns"/>.</param>
    /// <param name="rowsMax">The approximate number of rows to delete at most.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether there may be more rows to delete.</returns>
    Task<bool> DeleteEstimatesAsync(long first, int rowsMax, CancellationToken cancellationToken);
}

/// <summary>The control total of a meter: what the chunks of a run have read, stored separately from the sums.</summary>
[Experimental("SETTLE001")]
public sealed class ControlTotal(string meter, long events, decimal quantity)
{
    /// <summary>The meter.</summary>
    public string Meter { get; } = meter;

    /// <summary>The number of events that were read.</summary>
    public long Events { get; } = events;

    /// <summary>The units of these events.</summary>
    public decimal Quantity { get; } = quantity;

    /// <summary>Gets the number of sums that a total of quarantined usage consists of; 0 for what chunks have read.</summary>
    public long Sums { get; init; }
}
