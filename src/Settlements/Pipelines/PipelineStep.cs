using System.Data.Common;

namespace Settlements.Pipelines;

/// <summary>
/// One step of a <see cref="Pipeline"/>: cuts its work into chunks, and does a chunk. Called from several workers at a time, so an
/// implementation keeps no state between calls.
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
///         Task.FromResult(new ChunkResult(Rows: 1, (transaction, token) =&gt; transaction.Connection!.ExecuteAsync(
///             "INSERT INTO invoices (customer) VALUES (@customer)", new { customer = chunk.Bounds }, transaction)));
/// }
/// </code>
/// </example>
public abstract class PipelineStep
{
    /// <summary>The step's name, for progress and history.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// Cuts the work. Called when the step before is done; what it returns is stored before the first chunk is processed, and kept: a restart
    /// gets the same chunks.
    /// </summary>
    /// <param name="runId">The run, unique in the store.</param>
    /// <param name="cancellationToken">Stops the planning.</param>
    /// <returns>The chunks, in the order in which they are handed out; none is fine.</returns>
    public abstract Task<IReadOnlyList<PlannedChunk>> PlanAsync(long runId, CancellationToken cancellationToken);

    /// <summary>
    /// Reads and computes what a chunk is about, and changes nothing. What it returns is written in one transaction with the chunk's
    /// checkpoint. May be called again for the same chunk, after a crash or a rolled back transaction.
    /// </summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="cancellationToken">Stops the work; the chunk is then done again later.</param>
    /// <returns>What to write.</returns>
    public abstract Task<ChunkResult> ProcessAsync(PipelineChunk chunk, CancellationToken cancellationToken);
}

/// <summary>A chunk as a step plans it.</summary>
/// <param name="Bounds">What belongs to it, in the step's own words: the step gets this text back.</param>
public sealed record PlannedChunk(string Bounds);

/// <summary>A chunk as a worker gets it.</summary>
/// <param name="RunId">The run it belongs to.</param>
/// <param name="Step">The place of its step in the pipeline, from 0.</param>
/// <param name="Number">Its place in the step, from 0.</param>
/// <param name="Bounds">What belongs to it, as planned.</param>
public sealed record PipelineChunk(long RunId, int Step, int Number, string Bounds);

/// <summary>What a chunk came to.</summary>
/// <param name="Rows">How many rows were read, for progress and history.</param>
/// <param name="WriteAsync">
/// Writes the results through the transaction it is given, and only through it: the same transaction marks the chunk done. Must not commit.
/// Called at most once: after a rollback the chunk is processed again.
/// </param>
public sealed record ChunkResult(long Rows, Func<DbTransaction, CancellationToken, Task> WriteAsync);
