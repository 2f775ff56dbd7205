using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Settlements.Pipelines;

namespace Settlements.Stores;

/// <summary>The port of runs under way: leases, chunks and their checkpoints. Owner of the tables pipeline_runs, pipeline_steps and pipeline_chunks.</summary>
[Experimental("SETTLE001")]
public interface IRunStore
{
    /// <summary>
    /// Finds the run of a pipeline and key that is not ended, or makes one; an unfinished run with another fingerprint is abandoned first, unless an instance works on it. One
    /// transaction, so that of two hosts that start together one makes the run and the other joins it.
    /// </summary>
    /// <param name="pipeline">The job.</param>
    /// <param name="owner">Who starts it: unique to one start of a run on one host.</param>
    /// <param name="lease">How long the run counts as being worked on without <see cref="RenewAsync"/>.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>The run's id, and whether it is completed already.</returns>
    /// <exception cref="RunConflictException">An instance works on a run with another fingerprint.</exception>
    Task<(long RunId, bool Completed)> StartAsync(Pipeline pipeline, string owner, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>How far a step is.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="step">The step's place, from 0.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>The counts, or null when the step is not planned.</returns>
    Task<StepState?> FindStepAsync(long runId, int step, CancellationToken cancellationToken);

    /// <summary>Stores the plan of a step. When another host stored one before, that one stays and this is dropped.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="step">The step's place, from 0.</param>
    /// <param name="chunks">The chunks.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>When the plan is stored.</returns>
    Task AddStepAsync(long runId, int step, IReadOnlyList<PlannedChunk> chunks, CancellationToken cancellationToken);

    /// <summary>
    /// Takes the next chunk that is not done and that nobody holds, or whose holder let its lease run out or is gone
    /// (<see cref="InstanceId.IsDead"/>): a process that was killed is often still there when its successor starts, and gone a moment later.
    /// </summary>
    /// <param name="runId">The run.</param>
    /// <param name="step">The step's place, from 0.</param>
    /// <param name="owner">Who takes it: unique to one start of a run on one host.</param>
    /// <param name="lease">How long it is held without <see cref="RenewAsync"/>.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>The chunk; or null when none is free.</returns>
    /// <exception cref="RunAbandonedException">The run was abandoned for a new one.</exception>
    Task<PipelineLease?> ClaimAsync(long runId, int step, string owner, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>
    /// Whether a transaction that writes keeps all other writers of the database waiting, so that what only reads is better done before it, by
    /// <see cref="ReadAheadAsync"/>. By default <see langword="false"/>.
    /// </summary>
    bool ReadsAhead => false;

    /// <summary>Reads on one snapshot that keeps no writer waiting; where <see cref="ReadsAhead"/> holds.</summary>
    /// <param name="read">Reads through the transaction it is given, and writes nothing.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>When it is read.</returns>
    /// <exception cref="NotSupportedException">The store doesn't read ahead.</exception>
    Task ReadAheadAsync(Func<DbTransaction, CancellationToken, Task> read, CancellationToken cancellationToken) =>
        throw new NotSupportedException("The store reads in the transaction that writes: ReadsAhead is false.");

    /// <summary>Prolongs the run's lease and those of all chunks that an owner holds in it.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="owner">The owner.</param>
    /// <param name="lease">The new length, from now.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>When it is stored.</returns>
    Task RenewAsync(long runId, string owner, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a chunk's results and its checkpoint in one transaction. When it is the last chunk of the last step, the same transaction completes
    /// the run.
    /// </summary>
    /// <param name="claim">The chunk, as it was claimed.</param>
    /// <param name="result">What to write.</param>
    /// <param name="isLastStep">Whether the chunk's step is the pipeline's last.</param>
    /// <param name="cancellationToken">Stops before the commit; then nothing is written.</param>
    /// <returns>When it is committed.</returns>
    /// <exception cref="LeaseLostException">Another host took the chunk over, or the run was abandoned: nothing is written.</exception>
    Task CommitAsync(PipelineLease claim, ChunkResult result, bool isLastStep, CancellationToken cancellationToken);

    /// <summary>
    /// Ends a run, or this host's part of it, and gives back the chunks that the owner holds. While another host works on the run, it stays
    /// running; one that is completed or abandoned stays so.
    /// </summary>
    /// <param name="runId">The run.</param>
    /// <param name="owner">The owner.</param>
    /// <param name="state">Completed, stopped or failed.</param>
    /// <param name="failure">Why it failed; null otherwise.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>When it is stored.</returns>
    Task EndAsync(long runId, string owner, RunState state, string? failure, CancellationToken cancellationToken);

    /// <summary>
    /// Leaves an unfinished run for good: nothing more of it is written, and the next start of its pipeline and key makes a new one.
    /// </summary>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <returns>Whether it was unfinished; a completed run stays as it is.</returns>
    Task<bool> AbandonAsync(long runId, CancellationToken cancellationToken);

    /// <summary>The runs that were abandoned, whose rows nobody reads.</summary>
    /// <param name="transaction">A transaction to read in.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Their numbers.</returns>
    Task<IReadOnlyList<long>> ListAbandonedAsync(DbTransaction transaction, CancellationToken cancellationToken);
}
