namespace Settlements;

/// <summary>Kinds and states of proposals as stores keep them.</summary>
internal static class ProposalText
{
    public static string Of(ProposalKind kind) => kind switch
    {
        ProposalKind.Exclusion => "exclusion",
        ProposalKind.Reinstatement => "reinstatement",
        ProposalKind.Restatement => "restatement",
        ProposalKind.Publication => "publication",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Use one of the kinds of proposals."),
    };

    public static string Of(ProposalState state) => state switch
    {
        ProposalState.Proposed => "proposed",
        ProposalState.Approved => "approved",
        ProposalState.Done => "done",
        ProposalState.Withdrawn => "withdrawn",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Use one of the states of proposals."),
    };

    /// <exception cref="InvalidOperationException">The text is that of no kind.</exception>
    public static ProposalKind ParseKind(string text) => text switch
    {
        "exclusion" => ProposalKind.Exclusion,
        "reinstatement" => ProposalKind.Reinstatement,
        "restatement" => ProposalKind.Restatement,
        "publication" => ProposalKind.Publication,
        _ => throw Unknown("kind", text),
    };

    /// <exception cref="InvalidOperationException">The text is that of no state.</exception>
    public static ProposalState ParseState(string text) => text switch
    {
        "proposed" => ProposalState.Proposed,
        "approved" => ProposalState.Approved,
        "done" => ProposalState.Done,
        "withdrawn" => ProposalState.Withdrawn,
        _ => throw Unknown("state", text),
    };

    private static InvalidOperationException Unknown(string column, string text) => new(
        $"A row of proposals has the {column} '{text}', which this version doesn't know. Restore the row, or update the package.");
}
