using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>Stores proposals. Owner of the tables proposals and restatement_entries.</summary>
[Experimental("SETTLE001")]
public interface IProposalStore
{
    /// <summary>Stores a proposal.</summary>
    /// <param name="proposal">The proposal, without number and approval.</param>
    /// <param name="entries">The entries of a restatement; empty for other kinds. Stored in the transaction of the proposal.</param>
    /// <param name="cancellationToken">Cancels the call; then nothing is stored.</param>
    /// <returns>The number of the proposal.</returns>
    Task<long> AddAsync(Proposal proposal, IReadOnlyList<RestatementEntry> entries, CancellationToken cancellationToken);

    /// <summary>Returns a proposal by its number.</summary>
    /// <param name="proposalId">The number.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The proposal; null when there is none.</returns>
    Task<Proposal?> FindAsync(long proposalId, CancellationToken cancellationToken);

    /// <summary>Returns proposals, newest first.</summary>
    /// <param name="transaction">The transaction to read in; null for none.</param>
    /// <param name="kind">Only of this kind; null for all.</param>
    /// <param name="state">Only in this state; null for all.</param>
    /// <param name="count">The maximum number of proposals.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The proposals.</returns>
    Task<IReadOnlyList<Proposal>> ListAsync(
        DbTransaction? transaction, ProposalKind? kind, ProposalState? state, int count, CancellationToken cancellationToken);

    /// <summary>
    /// Approves a proposal in one transaction that is serialized with closes. A restatement is posted to the first open day; its changed
    /// quantities are recorded as accepted differences, so that later reconciliations do not report them.
    /// </summary>
    /// <param name="proposalId">The proposal, in the state <see cref="ProposalState.Proposed"/>.</param>
    /// <param name="by">The user who approves it.</param>
    /// <param name="revisions">For each published day, the number of times that it was adjusted when the preview was computed.</param>
    /// <param name="accepted">The differences to record as accepted.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    /// <returns>
    /// Whether it was approved; false, and nothing is changed, when it is no longer <see cref="ProposalState.Proposed"/> or a day was
    /// adjusted in the meantime.
    /// </returns>
    Task<bool> ApproveAsync(
        long proposalId, string by, IReadOnlyDictionary<DateOnly, int> revisions, IReadOnlyList<Adjustment> accepted,
        CancellationToken cancellationToken);

    /// <summary>
    /// Approves a proposal in one transaction that is serialized with closes. No day starts closing and none is published before it ends.
    /// </summary>
    /// <param name="proposalId">The proposal, in the state <see cref="ProposalState.Proposed"/>.</param>
    /// <param name="by">The user who approves it.</param>
    /// <param name="check">
    /// Reads through the transaction that it receives, and throws if the proposal must not be approved. May be called several times.
    /// </param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    /// <returns>Whether it was approved; false, and nothing is changed, when it is no longer
    /// <see cref="ProposalState.Proposed"/>.</returns>
    Task<bool> ApproveAsync(
        long proposalId, string by, Func<DbTransaction, CancellationToken, Task> check, CancellationToken cancellationToken);

    /// <summary>Changes the state of a proposal if it has an expected state.</summary>
    /// <param name="transaction">The transaction to write in; null for a new one.</param>
    /// <param name="proposalId">The proposal.</param>
    /// <param name="from">The expected state.</param>
    /// <param name="to">The new state.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether the proposal had the expected state.</returns>
    Task<bool> MoveAsync(
        DbTransaction? transaction, long proposalId, ProposalState from, ProposalState to, CancellationToken cancellationToken);
}
