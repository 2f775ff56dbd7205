using System.Text.Json;
using Settlements.Stores;

namespace Settlements;

/// <summary>An exclusion or a reinstatement with its preview. Immutable.</summary>
public sealed class Exclusion
{
    /// <summary>The maximum number of parts in a preview: 1,000.</summary>
    public const int PartsMax = 1_000;

    internal Exclusion(
        long exclusionId, ProposalKind kind, ProposalState state, string hash, string reason, string proposedBy,
        IReadOnlyList<ExcludedUsage> parts, long partsCount, IReadOnlyList<Money> amounts)
    {
        ExclusionId = exclusionId;
        Kind = kind;
        State = state;
        Hash = hash;
        Reason = reason;
        ProposedBy = proposedBy;
        Parts = parts;
        PartsCount = partsCount;
        Amounts = amounts;
    }

    internal Exclusion(Exclusion other)
        : this(other.ExclusionId, other.Kind, other.State, other.Hash, other.Reason,
            other.ProposedBy, other.Parts, other.PartsCount, other.Amounts)
    {
    }

    /// <summary>Its number.</summary>
    public long ExclusionId { get; internal init; }

    /// <summary><see cref="ProposalKind.Exclusion"/> or <see cref="ProposalKind.Reinstatement"/>.</summary>
    public ProposalKind Kind { get; internal init; }

    /// <summary>Its state.</summary>
    public ProposalState State { get; internal init; }

    /// <summary>The hash of the preview, which is required to approve it.</summary>
    public string Hash { get; internal init; }

    /// <summary>The reason.</summary>
    public string Reason { get; internal init; }

    /// <summary>The user who proposed it.</summary>
    public string ProposedBy { get; internal init; }

    /// <summary>
    /// The usage that it posts, by usage date, meter, item and payee; negative for an exclusion. The first <see cref="PartsMax"/>.
    /// </summary>
    public IReadOnlyList<ExcludedUsage> Parts { get; internal init; }

    /// <summary>The number of parts.</summary>
    public long PartsCount { get; internal init; }

    /// <summary>The amounts if it were posted now, one for each currency.</summary>
    public IReadOnlyList<Money> Amounts { get; internal init; }
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
