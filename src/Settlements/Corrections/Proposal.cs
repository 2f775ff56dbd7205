namespace Settlements;

/// <summary>The kinds of proposals.</summary>
public enum ProposalKind
{
    /// <summary>Exclude usage.</summary>
    Exclusion,

    /// <summary>Reverse an exclusion.</summary>
    Reinstatement,

    /// <summary>Correct published lines.</summary>
    Restatement,

    /// <summary>Publish a day whose amounts are unusual.</summary>
    Publication,
}

/// <summary>The states of a proposal.</summary>
public enum ProposalState
{
    /// <summary>Proposed, not approved yet.</summary>
    Proposed,

    /// <summary>Approved; an exclusion may still be in the process of posting.</summary>
    Approved,

    /// <summary>Posted completely.</summary>
    Done,

    /// <summary>Withdrawn before it was approved.</summary>
    Withdrawn,
}

/// <summary>A change that one user proposes and, by default, another user approves. Immutable.</summary>
/// <param name="ProposalId">Its number; 0 before it is stored.</param>
/// <param name="Kind">The kind of change.</param>
/// <param name="State">Its state.</param>
/// <param name="Content">The content, as JSON.</param>
/// <param name="Hash">The hash of the preview: 64 hexadecimal digits.</param>
/// <param name="Reason">The reason.</param>
/// <param name="ProposedBy">The user who proposed it.</param>
/// <param name="ProposedAt">When it was proposed, UTC.</param>
/// <param name="ApprovedBy">The user who approved it; null before the approval.</param>
/// <param name="ApprovedAt">When it was approved, UTC; null before the approval.</param>
/// <param name="PostingDate">The day whose close posts a restatement; null for other kinds and before the approval.</param>
public sealed record Proposal(
    long ProposalId, ProposalKind Kind, ProposalState State, string Content, string Hash, string Reason, string ProposedBy,
    DateTimeOffset ProposedAt, string? ApprovedBy = null, DateTimeOffset? ApprovedAt = null, DateOnly? PostingDate = null);
