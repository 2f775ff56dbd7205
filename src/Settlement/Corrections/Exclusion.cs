using Settlement.Rates;

namespace Settlement.Corrections;

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

/// <summary>The content of a proposed exclusion or reinstatement, as it is stored.</summary>
internal sealed record ExclusionContent(UsageFilter? Filter, long? Of);
