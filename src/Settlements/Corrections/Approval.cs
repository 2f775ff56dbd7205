namespace Settlements;

/// <summary>The rules for approving proposals.</summary>
internal static class Approval
{
    /// <summary>Throws unless a user may approve a proposal.</summary>
    /// <exception cref="CorrectionRefusedException">
    /// The proposal is withdrawn or done, its hash is not the expected one, or another user has to approve it.
    /// </exception>
    public static void Require(Proposal proposal, string expectedHash, string by, IReadOnlyList<Money> amounts, CorrectionLimits limits)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(by);
        if (proposal.State is ProposalState.Withdrawn or ProposalState.Done)
        {
            throw new CorrectionRefusedException(
                $"{Name(proposal)} is {proposal.State.ToString().ToLowerInvariant()} and can't be approved. Propose it again.");
        }

        if (!string.Equals(proposal.Hash, expectedHash, StringComparison.OrdinalIgnoreCase))
        {
            throw new CorrectionRefusedException(
                $"{Name(proposal)} has the hash {proposal.Hash}, not the expected hash {expectedHash}. Review its "
                + "preview, and approve the hash of the preview.");
        }

        var isSmall = amounts.All(a => Math.Abs(a.Amount) <= limits.VarianceMax);
        if (limits.SecondPerson && !isSmall && IsProposer(proposal, by))
        {
            throw new CorrectionRefusedException(
                FormattableString.Invariant($"{Name(proposal)} was proposed by '{proposal.ProposedBy}' and has the amount ")
                    + FormattableString.Invariant($"{string.Join(", ", amounts)}, above the ")
                    + FormattableString.Invariant($"limit of {limits.VarianceMax} (Corrections.VarianceMax). Another user has to ")
                    + "approve it.");
        }
    }

    /// <summary>
    /// Throws unless a user may approve a proposal that posts no amount, to which <see cref="CorrectionOptions.VarianceMax"/> does not
    /// apply.
    /// </summary>
    /// <exception cref="CorrectionRefusedException">
    /// The proposal is approved, withdrawn or done, its hash is not the expected one, or another user has to approve it.
    /// </exception>
    public static void RequireWithoutAmount(Proposal proposal, string expectedHash, string by, CorrectionLimits limits)
    {
        if (proposal.State == ProposalState.Approved)
            throw new CorrectionRefusedException($"{Name(proposal)} is already approved.");
        Require(proposal, expectedHash, by, [], limits);
        if (limits.SecondPerson && IsProposer(proposal, by))
        {
            throw new CorrectionRefusedException(
                $"{Name(proposal)} was proposed by '{proposal.ProposedBy}'. Another user has to approve it (Corrections.SecondPerson).");
        }
    }

    /// <summary>Returns whether a name is that of the proposer: 'Ann ' is not a second person beside 'ann'.</summary>
    private static bool IsProposer(Proposal proposal, string by) =>
        string.Equals(by.Trim(), proposal.ProposedBy.Trim(), StringComparison.OrdinalIgnoreCase);

    public static CorrectionRefusedException Changed(Proposal proposal) => new(
        $"The usage, lines or settings of {Name(proposal)} have changed since its preview. Withdraw it, "
        + "propose it again, and review the new preview.");

    public static CorrectionRefusedException Unknown(long proposalId, ProposalKind kind) => new(FormattableString.Invariant(
        $"There is no {kind.ToString().ToLowerInvariant()} {proposalId}. Call ListAsync for the numbers of the proposals."));

    public static string Name(Proposal proposal) => FormattableString.Invariant($"{proposal.Kind} {proposal.ProposalId}");

    public static void RequireReason(string reason, string by)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(by);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        if (CodePoints.Count(reason) is var characters && characters > 256)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"The reason has {characters} characters, and the limit is 256. Shorten it."),
                nameof(reason));
        }
    }
}
