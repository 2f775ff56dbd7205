namespace Settlements;

/// <summary>The rules of approving, in one place.</summary>
internal static class Approval
{
    /// <exception cref="CorrectionRefusedException">The proposal can't be approved by this person, or is not the one that was previewed.</exception>
    public static void Require(Proposal proposal, string expectedHash, string by, IReadOnlyList<Money> amounts, CorrectionLimits limits)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(by);
        if (proposal.State is ProposalState.Withdrawn or ProposalState.Done)
            throw new CorrectionRefusedException($"{Name(proposal)} is {proposal.State.ToString().ToLowerInvariant()} and can't be approved. Propose it again.");
        if (!string.Equals(proposal.Hash, expectedHash, StringComparison.OrdinalIgnoreCase))
        {
            throw new CorrectionRefusedException(
                $"{Name(proposal)} has the hash {proposal.Hash}, and {expectedHash} was to be approved. Look at its preview, and approve what it shows.");
        }

        var isSmall = amounts.All(a => Math.Abs(a.Amount) <= limits.VarianceMax);
        if (limits.SecondPerson && !isSmall && string.Equals(by, proposal.ProposedBy, StringComparison.Ordinal))
        {
            throw new CorrectionRefusedException(FormattableString.Invariant(
                $"{Name(proposal)} was proposed by '{by}' and comes to {string.Join(", ", amounts)}: above {limits.VarianceMax} it is approved by another person."));
        }
    }

    public static CorrectionRefusedException Changed(Proposal proposal) => new(
        $"What {Name(proposal)} was previewed with has changed since. Withdraw it, propose it again, and look at the new preview.");

    public static CorrectionRefusedException Unknown(long proposalId, ProposalKind kind) => new(FormattableString.Invariant(
        $"There is no {kind.ToString().ToLowerInvariant()} {proposalId}. List the proposals for their numbers."));

    public static string Name(Proposal proposal) => FormattableString.Invariant($"{proposal.Kind} {proposal.ProposalId}");

    public static void RequireReason(string reason, string by)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(by);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        if (CodePoints.Count(reason) is var characters && characters > 256)
            throw new ArgumentException(FormattableString.Invariant($"The reason has {characters} characters; at most 256 are kept."), nameof(reason));
    }
}
