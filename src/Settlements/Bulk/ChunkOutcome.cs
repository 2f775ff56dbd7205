using System.Globalization;

namespace Settlements;

/// <summary>The outcome of storing a chunk.</summary>
internal sealed class ChunkOutcome
{
    public long Stored { get; set; }

    /// <summary>Gets or sets the number of rows that were already stored.</summary>
    public long Duplicates { get; set; }

    /// <summary>Gets the number of the stored rows that are late.</summary>
    public long Late { get; init; }

    /// <summary>Gets whether the chunk was already committed, by an earlier start of the load or another process.</summary>
    public bool IsResumed { get; init; }

    /// <summary>Gets the number of rows that were rejected when a resumed chunk was committed.</summary>
    public long RejectedBefore { get; init; }

    /// <summary>Gets the rows that this start rejected, malformed ones included, in order.</summary>
    public List<RejectedRow> Rejected { get; init; } = [];

    /// <summary>Gets the rejected rows that are not yet reported.</summary>
    public IReadOnlyList<RejectedRow> Unreported { get; init; } = [];

    /// <summary>Verifies that the counts of the target add up to the number of rows that the source has sent.</summary>
    /// <exception cref="InvalidOperationException">The counts do not add up.</exception>
    public void RequireSum(int sent)
    {
        if (IsResumed ? RejectedBefore <= sent : AddsUp(sent))
            return;
        throw new InvalidOperationException(string.Create(
            CultureInfo.InvariantCulture,
            $"The counts of the load do not add up: {sent} sent, {Stored} stored ({Late} of them late), {Duplicates} duplicates, " +
            $"{Rejected.Count} rejected. Sent must be stored + duplicates + rejected, and no count may be negative. " +
            $"Correct the store."));
    }

    private bool AddsUp(int sent) =>
        sent == Stored + Duplicates + Rejected.Count && Stored >= 0 && Duplicates >= 0 && Late >= 0 && Late <= Stored;
}
