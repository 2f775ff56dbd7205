using System.Text.Json;
using Settlements.Stores;

namespace Settlements;

/// <summary>An exclusion or a reinstatement with its preview. Immutable.</summary>
/// <param name="ExclusionId">Its number.</param>
/// <param name="Kind"><see cref="ProposalKind.Exclusion"/> or <see cref="ProposalKind.Reinstatement"/>.</param>
/// <param name="State">Its state.</param>
/// <param name="Hash">The hash of the preview, which is required to approve it.</param>
/// <param name="Reason">The reason.</param>
/// <param name="ProposedBy">The user who proposed it.</param>
/// <param name="Parts">
/// The usage that it posts, by usage date, meter, item and payee; negative for an exclusion. The first <see cref="PartsMax"/>.
/// </param>
/// <param name="PartsCount">The number of parts.</param>
/// <param name="Amounts">The amounts if it were posted now, one for each currency.</param>
public sealed record Exclusion(
    long ExclusionId, ProposalKind Kind, ProposalState State, string Hash, string Reason, string ProposedBy,
    IReadOnlyList<ExcludedUsage> Parts,
    long PartsCount, IReadOnlyList<Money> Amounts)
{
    /// <summary>The maximum number of parts in a preview: 1,000.</summary>
    public const int PartsMax = 1_000;
}

/// <summary>The stored content of a proposed exclusion or reinstatement.</summary>
/// <param name="Filter">The usage to exclude; null for a reinstatement.</param>
/// <param name="Of">The exclusion to reverse; null for an exclusion.</param>
/// <param name="Hashes">The hash of the usage to post for each usage date; null before the preview.</param>
internal sealed record ExclusionContent(StoredFilter? Filter, long? Of, IReadOnlyDictionary<DateOnly, string>? Hashes = null)
{
    public string ToJson() => JsonSerializer.Serialize(this, CorrectionJson.Default.ExclusionContent);

    public static ExclusionContent From(Proposal proposal) =>
        JsonSerializer.Deserialize(proposal.Content, CorrectionJson.Default.ExclusionContent)!;
}

/// <summary>The stored form of a <see cref="UsageFilter"/>.</summary>
internal sealed record StoredFilter(
    DateOnly First, DateOnly Last, IReadOnlyList<string> Meters, IReadOnlyList<string> ItemIds, IReadOnlyList<string> PayeeIds,
    IReadOnlyList<Guid> EventIds, string? Reference, long? Quantity)
{
    public static StoredFilter From(UsageFilter filter) => new(
        filter.Days.First, filter.Days.Last, filter.Meters, filter.ItemIds, filter.PayeeIds, filter.EventIds, filter.Reference,
        filter.Quantity);

    public UsageFilter ToFilter() => new(new DateRange(First, Last))
    {
        Meters = Meters, ItemIds = ItemIds, PayeeIds = PayeeIds, EventIds = EventIds, Reference = Reference, Quantity = Quantity,
    };
}
