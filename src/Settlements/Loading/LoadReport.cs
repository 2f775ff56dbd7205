using System.Globalization;

namespace Settlements;

/// <summary>The outcome of a load. Immutable; its counts always add up.</summary>
/// <exception cref="InvalidOperationException">The counts do not add up, or a count is negative.</exception>
public sealed class LoadReport
{
    internal LoadReport(long sent, long stored, long duplicates, long rejected, long late, TimeSpan duration)
    {
        Sent = Checked(sent, stored, duplicates, rejected, late);
        Stored = stored;
        Duplicates = duplicates;
        Rejected = rejected;
        Late = late;
        Duration = duration;
    }

    /// <summary>The duration of the load, 0 or more.</summary>
    public TimeSpan Duration { get; }

    /// <summary>Gets the number of rows read: stored, duplicates and rejected, without the header of a file.</summary>
    public long Sent { get; }

    /// <summary>Gets the number of new events, late ones included.</summary>
    public long Stored { get; }

    /// <summary>Gets the number of events that were already stored with the same content.</summary>
    public long Duplicates { get; }

    /// <summary>Gets the number of rows that are malformed, not accepted, or whose id is already stored with different content.</summary>
    public long Rejected { get; }

    /// <summary>
    /// Gets the number of the stored events that are posted to the first open day because their usage date is closing or published.
    /// </summary>
    public long Late { get; }

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
