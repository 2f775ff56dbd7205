using Settlements.Stores;

namespace Settlements;

/// <summary>A restatement with its preview. Immutable.</summary>
/// <param name="RestatementId">Its number; 0 when nothing differs and nothing was proposed.</param>
/// <param name="State">Its state.</param>
/// <param name="Hash">The hash of the preview, which is required to approve it.</param>
/// <param name="Days">The restated usage dates, both ends included.</param>
/// <param name="Reason">The reason.</param>
/// <param name="ProposedBy">The user who proposed it.</param>
/// <param name="Entries">The differences, one for each published line that differs; the first <see cref="EntriesMax"/>.</param>
/// <param name="EntriesCount">The number of lines that differ.</param>
/// <param name="Amounts">The amounts of the differences if they were posted now, one for each currency.</param>
/// <param name="PostingDate">The day whose close posts them; null before the approval.</param>
public sealed record Restatement(
    long RestatementId, ProposalState State, string Hash, DateRange Days, string Reason, string ProposedBy,
    IReadOnlyList<RestatementEntry> Entries,
    long EntriesCount, IReadOnlyList<Money> Amounts, DateOnly? PostingDate)
{
    /// <summary>The maximum number of differences in a preview: 1,000.</summary>
    public const int EntriesMax = 1_000;
}
