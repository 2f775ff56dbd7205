using System.Globalization;

namespace Settlements;

/// <summary>The outcome of a load. Immutable; its counts always add up.</summary>
/// <param name="Sent">
/// The number of rows read: <paramref name="Stored"/> + <paramref name="Duplicates"/> + <paramref name="Rejected"/>, without the header
/// of a file.
/// </param>
/// <param name="Stored">The number of new events, late ones included.</param>
/// <param name="Duplicates">The number of events that were already stored with the same content.</param>
/// <param name="Rejected">
/// The number of rows that are malformed, not accepted, or whose id is already stored with different content.
/// </param>
/// <param name="Late">
/// The number of the stored events that are posted to the first open day because their usage date is closing or published.
/// </param>
/// <param name="Duration">The duration of the load, 0 or more.</param>
/// <exception cref="InvalidOperationException">The counts do not add up, or a count is negative.</exception>
public sealed record LoadReport(long Sent, long Stored, long Duplicates, long Rejected, long Late, TimeSpan Duration)
{
    /// <summary>Gets the number of rows read: stored, duplicates and rejected, without the header of a file.</summary>
    public long Sent { get; } = Checked(Sent, Stored, Duplicates, Rejected, Late);

    /// <summary>Gets the number of new events, late ones included.</summary>
    public long Stored { get; } = Stored;

    /// <summary>Gets the number of events that were already stored with the same content.</summary>
    public long Duplicates { get; } = Duplicates;

    /// <summary>Gets the number of rows that are malformed, not accepted, or whose id is already stored with different content.</summary>
    public long Rejected { get; } = Rejected;

    /// <summary>
    /// Gets the number of the stored events that are posted to the first open day because their usage date is closing or published.
    /// </summary>
    public long Late { get; } = Late;

    /// <summary>Gets the rows read per second; 0 when no time has passed.</summary>
    public double RowsPerSecond => Duration > TimeSpan.Zero ? Sent / Duration.TotalSeconds : 0;

    private static long Checked(long sent, long stored, long duplicates, long rejected, long late)
    {
        var addsUp = sent == stored + duplicates + rejected && late <= stored;
        if (addsUp && stored >= 0 && duplicates >= 0 && rejected >= 0 && late >= 0)
            return sent;
        throw new InvalidOperationException(string.Create(
            CultureInfo.InvariantCulture,
            $"The counts of the load do not add up: {sent} sent, {stored} stored ({late} of them late), {duplicates} duplicates, "
            + $"{rejected} rejected. Sent must be stored + duplicates + rejected, and no count may be negative. Correct the event store."));
    }
}
