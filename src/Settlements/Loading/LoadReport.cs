using System.Globalization;

namespace Settlements;

/// <summary>What became of every row that was sent. Immutable; its sums always add up.</summary>
/// <param name="Sent">Rows read: <paramref name="Stored"/> + <paramref name="Duplicates"/> + <paramref name="Rejected"/>. A file's header
/// is none.</param>
/// <param name="Stored">Events that are new in the store, late ones included.</param>
/// <param name="Duplicates">Events that were known already with the same content.</param>
/// <param name="Rejected">Rows that are malformed, or whose id is known with another content.</param>
/// <param name="Late">Of the stored events, those whose own day was closed: the first open day counts them.</param>
/// <param name="Duration">From the start of the load to its end, 0 or more.</param>
/// <exception cref="InvalidOperationException">The sums do not add up, or a count is negative.</exception>
public sealed record LoadReport(long Sent, long Stored, long Duplicates, long Rejected, long Late, TimeSpan Duration)
{
    /// <summary>Rows read: stored, duplicates and rejected together. A file's header is none.</summary>
    public long Sent { get; } = Checked(Sent, Stored, Duplicates, Rejected, Late);

    /// <summary>Events that are new in the store, late ones included.</summary>
    public long Stored { get; } = Stored;

    /// <summary>Events that were known already with the same content.</summary>
    public long Duplicates { get; } = Duplicates;

    /// <summary>Rows that are malformed, or whose id is known with another content.</summary>
    public long Rejected { get; } = Rejected;

    /// <summary>Of the stored events, those whose own day was closed: the first open day counts them.</summary>
    public long Late { get; } = Late;

    /// <summary>Rows sent per second; 0 when no time passed.</summary>
    public double RowsPerSecond => Duration > TimeSpan.Zero ? Sent / Duration.TotalSeconds : 0;

    private static long Checked(long sent, long stored, long duplicates, long rejected, long late)
    {
        var addsUp = sent == stored + duplicates + rejected && late <= stored;
        if (addsUp && stored >= 0 && duplicates >= 0 && rejected >= 0 && late >= 0)
            return sent;
        throw new InvalidOperationException(string.Create(
            CultureInfo.InvariantCulture,
            $"The load's counts do not add up: {sent} sent, {stored} stored (of them {late} late), {duplicates} duplicates, {rejected} rejected. " +
            $"Sent must be stored + duplicates + rejected, and none may be negative. The event store has miscounted a batch."));
    }
}
