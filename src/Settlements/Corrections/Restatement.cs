using Settlements.Stores;

namespace Settlements;

/// <summary>A restatement with its preview. Immutable.</summary>
/// <param name="RestatementId">Its number; 0 where nothing differs, and nothing was proposed.</param>
/// <param name="State">Its state.</param>
/// <param name="Hash">What is approved: a hash of exactly this preview.</param>
/// <param name="Days">The restated usage dates, both ends included.</param>
/// <param name="Reason">Why.</param>
/// <param name="ProposedBy">Who proposed it.</param>
/// <param name="Entries">The differences, one for each published line that differs; the first <see cref="EntriesMax"/>.</param>
/// <param name="EntriesCount">How many lines differ.</param>
/// <param name="Amounts">What the differences would come to if they were posted now, in each currency.</param>
/// <param name="PostingDate">The day that posts them; null before it is approved.</param>
public sealed record Restatement(
    long RestatementId, ProposalState State, string Hash, DateRange Days, string Reason, string ProposedBy, IReadOnlyList<RestatementEntry> Entries,
    long EntriesCount, IReadOnlyList<Money> Amounts, DateOnly? PostingDate)
{
    /// <summary>The most differences that a preview lists: 1,000.</summary>
    public const int EntriesMax = 1_000;
}
