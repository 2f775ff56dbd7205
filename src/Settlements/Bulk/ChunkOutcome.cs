using System.Globalization;

namespace Settlements;

/// <summary>What became of a chunk's rows.</summary>
internal sealed class ChunkOutcome
{
    public long Stored { get; set; }

    /// <summary>Rows that were there already, and were not stored again.</summary>
    public long Duplicates { get; set; }

    /// <summary>Of the stored rows, those whose day was closed.</summary>
    public long Late { get; init; }

    /// <summary>Whether it was committed before, or by another process.</summary>
    public bool IsResumed { get; init; }

    /// <summary>Rows rejected when it was committed, where that was not now.</summary>
    public long RejectedBefore { get; init; }

    /// <summary>Rows rejected now, malformed ones included, in their order.</summary>
    public List<RejectedRow> Rejected { get; init; } = [];

    /// <summary>Rejected rows that are still to be reported.</summary>
    public IReadOnlyList<RejectedRow> Unreported { get; init; } = [];

    /// <summary>The source counts what was sent, the target the rest: one that miscounts is found at its first chunk.</summary>
    /// <exception cref="InvalidOperationException">The sums do not add up.</exception>
    public void RequireSum(int sent)
    {
        if (IsResumed ? RejectedBefore <= sent : AddsUp(sent))
            return;
        throw new InvalidOperationException(string.Create(
            CultureInfo.InvariantCulture,
            $"The load's counts do not add up: {sent} sent, {Stored} stored (of them {Late} late), {Duplicates} duplicates, " +
            $"{Rejected.Count} rejected. Sent must be stored + duplicates + rejected, and none may be negative. " +
            $"The store has miscounted a chunk."));
    }

    private bool AddsUp(int sent) =>
        sent == Stored + Duplicates + Rejected.Count && Stored >= 0 && Duplicates >= 0 && Late >= 0 && Late <= Stored;
}
