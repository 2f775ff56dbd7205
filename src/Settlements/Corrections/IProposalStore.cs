using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Settlements.Stores;

/// <summary>The port of proposals. Owner of the tables proposals and restatement_entries.</summary>
[Experimental("SETTLE001")]
public interface IProposalStore
{
    /// <summary>Stores a proposal.</summary>
    /// <param name="proposal">Without number and approval.</param>
    /// <param name="entries">The entries of a restatement; none for others. Read once, stored in the proposal's transaction.</param>
    /// <param name="cancellationToken">Cancels the call; then nothing is stored.</param>
    /// <returns>Its number.</returns>
    Task<long> AddAsync(Proposal proposal, IReadOnlyList<RestatementEntry> entries, CancellationToken cancellationToken);

    /// <summary>A proposal by its number.</summary>
    /// <param name="proposalId">The number.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The proposal, or null.</returns>
    Task<Proposal?> FindAsync(long proposalId, CancellationToken cancellationToken);

    /// <summary>Proposals, newest first.</summary>
    /// <param name="transaction">A transaction to read in; null for none.</param>
    /// <param name="kind">Only of this kind; null for all.</param>
    /// <param name="state">Only in this state; null for all.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The proposals.</returns>
    Task<IReadOnlyList<Proposal>> ListAsync(
        DbTransaction? transaction, ProposalKind? kind, ProposalState? state, int count, CancellationToken cancellationToken);

    /// <summary>
    /// Approves a proposal in one transaction, which no close comes between. A restatement is posted to the first open day; its changed quantities are
    /// recorded as accepted differences, so that reconciling does not find them again.
    /// </summary>
    /// <param name="proposalId">A proposal that waits.</param>
    /// <param name="by">Who approves it.</param>
    /// <param name="revisions">Published days, and how often they were adjusted when the preview was computed.</param>
    /// <param name="accepted">Differences to record.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    /// <returns>Whether it was approved; false, and nothing is changed, when it does not wait any more or a day was adjusted in between.</returns>
    Task<bool> ApproveAsync(
        long proposalId, string by, IReadOnlyDictionary<DateOnly, int> revisions, IReadOnlyList<Adjustment> accepted,
        CancellationToken cancellationToken);

    /// <summary>Moves a proposal from one state to another.</summary>
    /// <param name="transaction">A transaction to write in; null for one of its own.</param>
    /// <param name="proposalId">The proposal.</param>
    /// <param name="from">Its state.</param>
    /// <param name="to">The next state.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether it was in that state.</returns>
    Task<bool> MoveAsync(DbTransaction? transaction, long proposalId, ProposalState from, ProposalState to, CancellationToken cancellationToken);
}
