using System.Data.Common;

namespace Settlements.Pipelines;

/// <summary>
/// A step of a <see cref="Pipeline"/>: divides its work into chunks and processes a chunk. Several workers call it concurrently, so an
/// implementation must not keep state between calls.
/// </summary>
/// <example>
/// <code>
/// internal sealed class InvoiceStep : PipelineStep
/// {
///     public override string Name =&gt; "invoice";
///
///     public override Task&lt;IReadOnlyList&lt;PlannedChunk&gt;&gt; PlanAsync(long runId, CancellationToken cancellationToken) =&gt;
///         Task.FromResult&lt;IReadOnlyList&lt;PlannedChunk&gt;&gt;([new PlannedChunk("ann"), new PlannedChunk("bob")]);
///
///     public override Task&lt;ChunkResult&gt; ProcessAsync(PipelineChunk chunk, CancellationToken cancellationToken) =&gt;
///         Task.FromResult(new ChunkResult(rows: 1, (transaction, token) =&gt; transaction.Connection!.ExecuteAsync(
///             "INSERT INTO invoices (customer) VALUES (@customer)", new { customer = chunk.Bounds }, transaction)));
/// }
/// </code>
/// </example>
public abstract class PipelineStep
{
    /// <summary>Gets the name of the step, used in progress and history.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// Divides the work into chunks. Called when the previous step is done. The chunks are stored before the first one is processed, so
    /// that a restart uses the same chunks.
    /// </summary>
    /// <param name="runId">The id of the run, unique in the store.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The chunks in the order in which they are processed; may be empty.</returns>
    public abstract Task<IReadOnlyList<PlannedChunk>> PlanAsync(long runId, CancellationToken cancellationToken);

    /// <summary>
    /// Reads and computes the results of a chunk without changing anything. The results are written in one transaction with the
    /// checkpoint of the chunk. May be called again for the same chunk after a crash or a rollback.
    /// </summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="cancellationToken">Cancels the call. The chunk is processed again when the run is resumed.</param>
    /// <returns>The results to write.</returns>
    public abstract Task<ChunkResult> ProcessAsync(PipelineChunk chunk, CancellationToken cancellationToken);
}

/// <summary>A chunk as planned by a step.</summary>
public sealed class PlannedChunk(string bounds)
{
    /// <summary>
    /// The bounds of the chunk, in a format of the step, which receives this text in <see cref="PipelineStep.ProcessAsync"/>.
    /// </summary>
    public string Bounds { get; } = bounds;
}

/// <summary>A chunk to be processed.</summary>
public sealed class PipelineChunk(long runId, int step, int number, string bounds)
{
    /// <summary>The id of the run.</summary>
    public long RunId { get; } = runId;

    /// <summary>The position of the step in the pipeline, from 0.</summary>
    public int Step { get; } = step;

    /// <summary>The position of the chunk in the step, from 0.</summary>
    public int Number { get; } = number;

    /// <summary>The bounds of the chunk, as planned.</summary>
    public string Bounds { get; } = bounds;
}

/// <summary>The results of a chunk.</summary>
public sealed class ChunkResult(long rows, Func<DbTransaction, CancellationToken, Task> writeAsync)
{
    /// <summary>The number of rows that were read, for progress and history.</summary>
    public long Rows { get; } = rows;

    /// <summary>
    /// Writes the results in the transaction that it receives and nowhere else: the same transaction stores the checkpoint. Must not
    /// commit. Called at most once: after a rollback the chunk is processed again.
    /// </summary>
    public Func<DbTransaction, CancellationToken, Task> WriteAsync { get; } = writeAsync;
}
