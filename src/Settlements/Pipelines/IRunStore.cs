using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Settlements.Pipelines;

namespace Settlements.Stores;

/// <summary>
/// The port of active runs: leases, chunks and their checkpoints. Owns the tables <c>pipeline_runs</c>, <c>pipeline_steps</c> and
/// <c>pipeline_chunks</c>.
/// </summary>
[Experimental("SETTLE001")]
public interface IRunStore
{
    /// <summary>
    /// Joins the unfinished run of a pipeline and key, or creates one. An unfinished run with a different fingerprint is abandoned first,
    /// unless an instance is working on it. Runs in one transaction, so that of two instances that start concurrently one creates the run
    /// and the other joins it.
    /// </summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="owner">The id of this start on this instance, from <see cref="InstanceId.New"/>.</param>
    /// <param name="lease">The duration for which the run is considered active without <see cref="RenewAsync"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The id of the run, and whether it is already completed.</returns>
    /// <exception cref="RunConflictException">An instance is working on a run with a different fingerprint.</exception>
    Task<(long RunId, bool Completed)> StartAsync(Pipeline pipeline, string owner, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Finds the progress of a step.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="step">The position of the step, from 0.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The counts; null when the step is not planned yet.</returns>
    Task<StepState?> FindStepAsync(long runId, int step, CancellationToken cancellationToken);

    /// <summary>
    /// Stores the plan of a step. When another instance has already stored one, that one remains and this one is discarded.
    /// </summary>
    /// <param name="runId">The run.</param>
    /// <param name="step">The position of the step, from 0.</param>
    /// <param name="chunks">The chunks.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when a plan is stored.</returns>
    Task AddStepAsync(long runId, int step, IReadOnlyList<PlannedChunk> chunks, CancellationToken cancellationToken);

    /// <summary>
    /// Leases the next unfinished chunk that is free, whose lease has expired, or whose owner is dead (<see cref="InstanceId.IsDead"/>).
    /// The owner is checked on each call, since a killed process may still exist when its successor starts. A chunk that the new owner
    /// has leased and does not hold is free too: the answer to that call was lost.
    /// </summary>
    /// <param name="runId">The run.</param>
    /// <param name="step">The position of the step, from 0.</param>
    /// <param name="owner">The new owner, from <see cref="InstanceId.New"/>.</param>
    /// <param name="held">The numbers of the step's chunks that the owner is processing. Calls of one owner must not overlap.</param>
    /// <param name="lease">The duration of the lease without <see cref="RenewAsync"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The leased chunk; null when none is available.</returns>
    /// <exception cref="RunAbandonedException">The run was abandoned.</exception>
    Task<PipelineLease?> ClaimAsync(
        long runId, int step, string owner, IReadOnlyCollection<int> held, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>
    /// Gets whether a write transaction blocks all other writers of the database, so that reads should be done before it with
    /// <see cref="ReadAheadAsync"/>. The default is <see langword="false"/>.
    /// </summary>
    bool ReadsAhead => false;

    /// <summary>Reads from one snapshot without blocking writers, when <see cref="ReadsAhead"/> is <see langword="true"/>.</summary>
    /// <param name="read">Reads through the transaction that it receives. It must not write.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes after the callback.</returns>
    /// <exception cref="NotSupportedException"><see cref="ReadsAhead"/> is <see langword="false"/>.</exception>
    Task ReadAheadAsync(Func<DbTransaction, CancellationToken, Task> read, CancellationToken cancellationToken) =>
        throw new NotSupportedException("The store does not support ReadAheadAsync: ReadsAhead is false. Read in the write transaction.");

    /// <summary>Renews the lease of a run and the leases of all its chunks that an owner holds.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="owner">The owner.</param>
    /// <param name="lease">The new duration, from now.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when the change is stored.</returns>
    Task RenewAsync(long runId, string owner, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>
    /// Writes the results of a chunk and its checkpoint in one transaction. For the last chunk of the last step, the same transaction
    /// completes the run.
    /// </summary>
    /// <param name="claim">The lease of the chunk.</param>
    /// <param name="result">The result to write.</param>
    /// <param name="isLastStep">Whether the step of the chunk is the last one of the pipeline.</param>
    /// <param name="cancellationToken">Cancels before the commit; nothing is written then.</param>
    /// <returns>A task that completes after the commit.</returns>
    /// <exception cref="LeaseLostException">
    /// Another instance has leased the chunk, or the run was abandoned. Nothing is written.
    /// </exception>
    Task CommitAsync(PipelineLease claim, ChunkResult result, bool isLastStep, CancellationToken cancellationToken);

    /// <summary>
    /// Ends a run, or the part of one instance, and releases the chunks of the owner. The run stays in the running state while another
    /// instance works on it, and a completed or abandoned run keeps its state.
    /// </summary>
    /// <param name="runId">The run.</param>
    /// <param name="owner">The owner.</param>
    /// <param name="state">The final state: completed, stopped or failed.</param>
    /// <param name="failure">The error message of a failed run; null otherwise.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when the change is stored.</returns>
    Task EndAsync(long runId, string owner, RunState state, string? failure, CancellationToken cancellationToken);

    /// <summary>
    /// Abandons an unfinished run: it writes nothing more, and the next start of its pipeline and key creates a new run.
    /// </summary>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether the run was unfinished. A completed run is not changed.</returns>
    Task<bool> AbandonAsync(long runId, CancellationToken cancellationToken);

    /// <summary>Lists the abandoned runs of a pipeline, whose rows are not read.</summary>
    /// <param name="transaction">The transaction to read in.</param>
    /// <param name="pipeline">The name of the pipeline.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The ids of the runs.</returns>
    Task<IReadOnlyList<long>> ListAbandonedAsync(DbTransaction transaction, string pipeline, CancellationToken cancellationToken);
}
