namespace Settlements;

/// <summary>How far a load has come: the state after a chunk was stored. Its rows are decided; a later failure takes none of them
/// back.</summary>
/// <param name="Sent">Rows decided so far: stored, duplicates and rejected together.</param>
/// <param name="Stored">Events that are new in the store.</param>
/// <param name="Duplicates">Events that were known already with the same content.</param>
/// <param name="Rejected">Rows that were rejected.</param>
/// <param name="BytesRead">Bytes of the stream up to the end of the last decided row; <see langword="null"/> when events are loaded, not
/// bytes.</param>
/// <param name="BytesTotal">Bytes of the whole stream from where the load began; <see langword="null"/> when the stream cannot
/// seek.</param>
/// <param name="Elapsed">Time since the load's start.</param>
public readonly record struct LoadProgress(
    long Sent, long Stored, long Duplicates, long Rejected, long? BytesRead, long? BytesTotal, TimeSpan Elapsed)
{
    /// <summary>Rows per second since the start; 0 when no time passed.</summary>
    public double RowsPerSecond => Elapsed > TimeSpan.Zero ? Sent / Elapsed.TotalSeconds : 0;

    /// <summary>The part of the bytes that is done, from 0 to 1; <see langword="null"/> when the total is not known.</summary>
    public double? Fraction => BytesRead is { } read && BytesTotal is { } total and > 0 ? Math.Min(1, (double)read / total) : null;

    /// <summary>The time left at the rate so far; <see langword="null"/> when the total is not known or nothing is read yet.</summary>
    public TimeSpan? Remaining => Fraction is { } done and > 0 ? Elapsed * ((1 - done) / done) : null;
}
