using System.Text.Json;
using Settlements.Stores;

namespace Settlements;

/// <summary>An exclusion or a reinstatement with its preview. Immutable.</summary>
/// <param name="ExclusionId">Its number.</param>
/// <param name="Kind">Whether it takes usage out or back in.</param>
/// <param name="State">Its state.</param>
/// <param name="Hash">What is approved: a hash of exactly this preview.</param>
/// <param name="Reason">Why.</param>
/// <param name="ProposedBy">Who proposed it.</param>
/// <param name="Parts">What it posts, per usage date, meter, item and payee; negative for an exclusion. The first <see cref="PartsMax"/>.</param>
/// <param name="PartsCount">How many parts there are.</param>
/// <param name="Amounts">What it would come to if it were posted now, in each currency.</param>
public sealed record Exclusion(
    long ExclusionId, ProposalKind Kind, ProposalState State, string Hash, string Reason, string ProposedBy, IReadOnlyList<ExcludedUsage> Parts,
    long PartsCount, IReadOnlyList<Money> Amounts)
{
    /// <summary>The most parts that a preview lists: 1,000.</summary>
    public const int PartsMax = 1_000;
}

/// <summary>The content of a proposed exclusion (a filter) or reinstatement (the exclusion that it takes back), as it is stored.</summary>
/// <param name="Filter">What is excluded; null for a reinstatement.</param>
/// <param name="Of">The exclusion that is taken back; null for an exclusion.</param>
/// <param name="Hashes">A hash of what is posted of each usage date; null before it was found.</param>
internal sealed record ExclusionContent(StoredFilter? Filter, long? Of, IReadOnlyDictionary<DateOnly, string>? Hashes = null)
{
    public string ToJson() => JsonSerializer.Serialize(this, CorrectionJson.Default.ExclusionContent);

    public static ExclusionContent From(Proposal proposal) => JsonSerializer.Deserialize(proposal.Content, CorrectionJson.Default.ExclusionContent)!;
}

/// <summary>A filter as it is stored.</summary>
internal sealed record StoredFilter(
    DateOnly First, DateOnly Last, IReadOnlyList<string> Meters, IReadOnlyList<string> ItemIds, IReadOnlyList<string> PayeeIds,
    IReadOnlyList<Guid> EventIds, string? Reference, long? Quantity)
{
    public static StoredFilter From(UsageFilter filter) => new(
        filter.Days.First, filter.Days.Last, filter.Meters, filter.ItemIds, filter.PayeeIds, filter.EventIds, filter.Reference, filter.Quantity);

    public UsageFilter ToFilter() => new(new DateRange(First, Last))
    {
        Meters = Meters, ItemIds = ItemIds, PayeeIds = PayeeIds, EventIds = EventIds, Reference = Reference, Quantity = Quantity,
    };
}
