using System.Diagnostics.CodeAnalysis;

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

    /// <summary>The result of a trial of rates.</summary>
    Trial,

    /// <summary>Add a rate version to the store, or end one.</summary>
    RateVersion,
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
[method: Experimental("SETTLE001")]
public sealed class Proposal(
    long proposalId, ProposalKind kind, ProposalState state, string content, string hash, string reason, string proposedBy,
    DateTimeOffset proposedAt, string? approvedBy = null, DateTimeOffset? approvedAt = null, DateOnly? postingDate = null)
{
    internal Proposal(Proposal other)
        : this(other.ProposalId, other.Kind, other.State, other.Content, other.Hash, other.Reason,
            other.ProposedBy, other.ProposedAt, other.ApprovedBy, other.ApprovedAt, other.PostingDate)
    {
    }

    /// <summary>Its number; 0 before it is stored.</summary>
    public long ProposalId { get; internal init; } = proposalId;

    /// <summary>The kind of change.</summary>
    public ProposalKind Kind { get; internal init; } = kind;

    /// <summary>Its state.</summary>
    public ProposalState State { get; internal init; } = state;

    /// <summary>The content, as JSON.</summary>
    public string Content { get; internal init; } = content;

    /// <summary>The hash of the preview: 64 hexadecimal digits.</summary>
    public string Hash { get; internal init; } = hash;

    /// <summary>The reason.</summary>
    public string Reason { get; internal init; } = reason;

    /// <summary>The user who proposed it.</summary>
    public string ProposedBy { get; internal init; } = proposedBy;

    /// <summary>When it was proposed, UTC.</summary>
    public DateTimeOffset ProposedAt { get; internal init; } = proposedAt;

    /// <summary>The user who approved it; null before the approval.</summary>
    public string? ApprovedBy { get; internal init; } = approvedBy;

    /// <summary>When it was approved, UTC; null before the approval.</summary>
    public DateTimeOffset? ApprovedAt { get; internal init; } = approvedAt;

    /// <summary>The day whose close posts a restatement; null for other kinds and before the approval.</summary>
    public DateOnly? PostingDate { get; internal init; } = postingDate;
}
