namespace Settlements.DuckDb;

/// <summary>What is known about the rows of a file without reading them, or after a first reading.</summary>
/// <param name="Rows">The number of rows.</param>
/// <param name="First">The first valid instant, in microseconds; null for none.</param>
/// <param name="Last">The last valid instant, in microseconds; null for none.</param>
/// <param name="HasInvalidInstant">Whether the instant of a row is missing, or out of the supported range.</param>
/// <param name="WithoutNull">The columns that are known to contain no NULL.</param>
/// <param name="Positive">The columns that are known to contain only numbers above 0.</param>
internal sealed record FileStatistics(
    long Rows, long? First, long? Last, bool HasInvalidInstant, IReadOnlySet<string> WithoutNull, IReadOnlySet<string> Positive)
{
    /// <summary>Returns whether the file may have rows of a half-open range of microseconds.</summary>
    public bool Overlaps(long from, long end) => First is { } first && Last is { } last && first < end && last >= from;
}
