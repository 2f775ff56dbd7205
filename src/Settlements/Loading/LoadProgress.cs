namespace Settlements;

/// <summary>The progress of a load after a chunk was stored. A later failure does not revert these rows.</summary>
public sealed class LoadProgress
{
    internal LoadProgress(long sent, long stored, long duplicates, long rejected, long? bytesRead, long? bytesTotal, TimeSpan elapsed)
    {
        Sent = sent;
        Stored = stored;
        Duplicates = duplicates;
        Rejected = rejected;
        BytesRead = bytesRead;
        BytesTotal = bytesTotal;
        Elapsed = elapsed;
    }

    /// <summary>The number of rows processed so far: stored, duplicates and rejected.</summary>
    public long Sent { get; }

    /// <summary>The number of new events.</summary>
    public long Stored { get; }

    /// <summary>The number of events that were already stored with the same content.</summary>
    public long Duplicates { get; }

    /// <summary>The number of rejected rows.</summary>
    public long Rejected { get; }

    /// <summary>
    /// The bytes of the stream up to the end of the last processed row; <see langword="null"/> when the source is not a stream.
    /// </summary>
    public long? BytesRead { get; }

    /// <summary>
    /// The bytes of the stream from the start of the load to its end; <see langword="null"/> when the stream cannot seek.
    /// </summary>
    public long? BytesTotal { get; }

    /// <summary>The time since the start of the load.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>Gets the rows per second since the start; 0 when no time has passed.</summary>
    public double RowsPerSecond => Elapsed > TimeSpan.Zero ? Sent / Elapsed.TotalSeconds : 0;

    /// <summary>Gets the completed part of the bytes, from 0 to 1; <see langword="null"/> when the total is unknown.</summary>
    public double? Fraction => BytesRead is { } read && BytesTotal is { } total and > 0 ? Math.Min(1, (double)read / total) : null;

    /// <summary>Gets the estimated remaining time; <see langword="null"/> when the total is unknown or nothing is read yet.</summary>
    public TimeSpan? Remaining => Fraction is { } done and > 0 ? Elapsed * ((1 - done) / done) : null;
}
