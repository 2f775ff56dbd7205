namespace Settlements;

/// <summary>The progress of a load after a chunk was stored. A later failure does not revert these rows.</summary>
/// <param name="Sent">The number of rows processed so far: stored, duplicates and rejected.</param>
/// <param name="Stored">The number of new events.</param>
/// <param name="Duplicates">The number of events that were already stored with the same content.</param>
/// <param name="Rejected">The number of rejected rows.</param>
/// <param name="BytesRead">
/// The bytes of the stream up to the end of the last processed row; <see langword="null"/> when the source is not a stream.
/// </param>
/// <param name="BytesTotal">
/// The bytes of the stream from the start of the load to its end; <see langword="null"/> when the stream cannot seek.
/// </param>
/// <param name="Elapsed">The time since the start of the load.</param>
public readonly record struct LoadProgress(
    long Sent, long Stored, long Duplicates, long Rejected, long? BytesRead, long? BytesTotal, TimeSpan Elapsed)
{
    /// <summary>Gets the rows per second since the start; 0 when no time has passed.</summary>
    public double RowsPerSecond => Elapsed > TimeSpan.Zero ? Sent / Elapsed.TotalSeconds : 0;

    /// <summary>Gets the completed part of the bytes, from 0 to 1; <see langword="null"/> when the total is unknown.</summary>
    public double? Fraction => BytesRead is { } read && BytesTotal is { } total and > 0 ? Math.Min(1, (double)read / total) : null;

    /// <summary>Gets the estimated remaining time; <see langword="null"/> when the total is unknown or nothing is read yet.</summary>
    public TimeSpan? Remaining => Fraction is { } done and > 0 ? Elapsed * ((1 - done) / done) : null;
}
