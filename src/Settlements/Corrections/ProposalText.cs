namespace Settlements;

/// <summary>The text forms of <see cref="ProposalKind"/> and <see cref="ProposalState"/> in a store.</summary>
internal static class ProposalText
{
    public static string Of(ProposalKind kind) => kind switch
    {
        ProposalKind.Exclusion => "exclusion",
        ProposalKind.Reinstatement => "reinstatement",
        ProposalKind.Restatement => "restatement",
        ProposalKind.Publication => "publication",
        ProposalKind.Trial => "trial",
        ProposalKind.RateVersion => "rate-version",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Use a defined kind of proposal."),
    };

    public static string Of(ProposalState state) => state switch
    {
        ProposalState.Proposed => "proposed",
        ProposalState.Approved => "approved",
        ProposalState.Done => "done",
        ProposalState.Withdrawn => "withdrawn",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Use a defined state of a proposal."),
    };

    /// <exception cref="InvalidOperationException">The text is not the name of a kind.</exception>
    public static ProposalKind ParseKind(string text) => text switch
    {
        "exclusion" => ProposalKind.Exclusion,
        "reinstatement" => ProposalKind.Reinstatement,
        "restatement" => ProposalKind.Restatement,
        "publication" => ProposalKind.Publication,
        "trial" => ProposalKind.Trial,
        "rate-version" => ProposalKind.RateVersion,
        _ => throw Unknown("kind", text),
    };

    /// <exception cref="InvalidOperationException">The text is not the name of a state.</exception>
    public static ProposalState ParseState(string text) => text switch
    {
        "proposed" => ProposalState.Proposed,
        "approved" => ProposalState.Approved,
        "done" => ProposalState.Done,
        "withdrawn" => ProposalState.Withdrawn,
        _ => throw Unknown("state", text),
    };

    private static InvalidOperationException Unknown(string column, string text) => new(
        $"A row of proposals has the unknown {column} '{text}'. Restore the row, or update the package.");
}
