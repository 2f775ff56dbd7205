namespace Settlements;

/// <summary>What a proposal is about.</summary>
public enum ProposalKind
{
    /// <summary>Usage to be taken out.</summary>
    Exclusion,

    /// <summary>An exclusion to be taken back.</summary>
    Reinstatement,

    /// <summary>Published lines to be corrected.</summary>
    Restatement,

    /// <summary>A day whose amounts are unusual, to be published.</summary>
    Publication,
}

/// <summary>The state of a proposal.</summary>
public enum ProposalState
{
    /// <summary>It waits for an approval.</summary>
    Proposed,

    /// <summary>It was approved; an exclusion may still be posting its chunks.</summary>
    Approved,

    /// <summary>It is posted completely.</summary>
    Done,

    /// <summary>It was withdrawn.</summary>
    Withdrawn,
}

/// <summary>A correction that one person proposes and another approves. Immutable.</summary>
/// <param name="ProposalId">Its number; 0 before it is stored.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="State">Its state.</param>
/// <param name="Content">What it consists of, as JSON.</param>
/// <param name="Hash">A hash of exactly what was previewed: 64 hexadecimal digits.</param>
/// <param name="Reason">Why.</param>
/// <param name="ProposedBy">Who proposed it.</param>
/// <param name="ProposedAt">When, UTC.</param>
/// <param name="ApprovedBy">Who approved it; null before.</param>
/// <param name="ApprovedAt">When, UTC; null before.</param>
/// <param name="PostingDate">The day that posts a restatement; null for others.</param>
public sealed record Proposal(
    long ProposalId, ProposalKind Kind, ProposalState State, string Content, string Hash, string Reason, string ProposedBy,
    DateTimeOffset ProposedAt, string? ApprovedBy = null, DateTimeOffset? ApprovedAt = null, DateOnly? PostingDate = null);
