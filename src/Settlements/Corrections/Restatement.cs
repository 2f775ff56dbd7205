using Settlements.Stores;

namespace Settlements;

/// <summary>A restatement with its preview. Immutable.</summary>
public sealed class Restatement
{
    /// <summary>The maximum number of differences in a preview: 1,000.</summary>
    internal const int EntriesMax = 1_000;

    internal Restatement(
        long restatementId, ProposalState state, string hash, DateRange days, string reason, string proposedBy,
        IReadOnlyList<RestatementEntry> entries, long entriesCount, IReadOnlyList<Money> amounts, DateOnly? postingDate)
    {
        RestatementId = restatementId;
        State = state;
        Hash = hash;
        Days = days;
        Reason = reason;
        ProposedBy = proposedBy;
        Entries = entries;
        EntriesCount = entriesCount;
        Amounts = amounts;
        PostingDate = postingDate;
    }

    /// <summary>Its number; 0 when nothing differs and nothing was proposed.</summary>
    public long RestatementId { get; }

    /// <summary>Its state.</summary>
    public ProposalState State { get; }

    /// <summary>The hash of the preview, which is required to approve it.</summary>
    public string Hash { get; }

    /// <summary>The restated usage dates, both ends included.</summary>
    public DateRange Days { get; }

    /// <summary>The reason.</summary>
    public string Reason { get; }

    /// <summary>The user who proposed it.</summary>
    public string ProposedBy { get; }

    /// <summary>The differences, one for each published line that differs; the first 1,000.</summary>
    public IReadOnlyList<RestatementEntry> Entries { get; }

    /// <summary>The number of lines that differ.</summary>
    public long EntriesCount { get; }

    /// <summary>The amounts of the differences if they were posted now, one for each currency.</summary>
    public IReadOnlyList<Money> Amounts { get; }

    /// <summary>The day whose close posts them; null before the approval.</summary>
    public DateOnly? PostingDate { get; }
}
