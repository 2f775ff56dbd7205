namespace Settlements;

// The approval of days whose amounts are unusual.
public sealed partial class DayCloser
{
    /// <summary>Returns the days that are priced and require approval, because their amounts are unusual.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The proposals, newest first.</returns>
    public Task<IReadOnlyList<Proposal>> ListAwaitingApprovalAsync(CancellationToken cancellationToken = default) =>
        _stores.Proposals.ListAsync(null, ProposalKind.Publication, ProposalState.Proposed, 1_000, cancellationToken);

    /// <summary>Approves the unusual amounts of a day. The next close publishes the day if the amounts have not changed.</summary>
    /// <param name="expectedHash">The hash of the proposal.</param>
    /// <param name="by">The acting user.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when the approval is stored.</returns>
    /// <exception cref="CorrectionRefusedException">No day with this hash requires approval.</exception>
    public async Task ApproveDayAsync(string expectedHash, string by, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(by);
        var waiting = await ListAwaitingApprovalAsync(cancellationToken).ConfigureAwait(false);
        var proposal = waiting.FirstOrDefault(p => p.Hash == expectedHash);
        if (proposal is null || !await _stores.Proposals.ApproveAsync(
            proposal.ProposalId, by, new Dictionary<DateOnly, int>(), [], cancellationToken).ConfigureAwait(false))
        {
            throw new CorrectionRefusedException(
                $"No day with the hash {expectedHash} requires approval. Call ListAwaitingApprovalAsync for the days that do.");
        }
    }

    /// <summary>Stores the proposal, once for the same amounts, however often the close is retried.</summary>
    private async Task ProposeAsync(Proposal proposal, CancellationToken cancellationToken)
    {
        var waiting = await _stores.Proposals.ListAsync(null, ProposalKind.Publication, ProposalState.Proposed, 1_000, cancellationToken)
            .ConfigureAwait(false);
        if (waiting.All(p => p.Hash != proposal.Hash))
            await _stores.Proposals.AddAsync(proposal, [], cancellationToken).ConfigureAwait(false);
    }
}
