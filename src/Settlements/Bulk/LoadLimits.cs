using System.Globalization;

namespace Settlements;

/// <summary>What bounds a load, of any loader.</summary>
/// <param name="ChunkRows">The most rows of a chunk, 1 or more.</param>
/// <param name="Writers">How many chunks are stored at a time, 1 or more.</param>
/// <param name="RejectsMax">The most rows that may be rejected before the load stops, 0 or more.</param>
/// <param name="OnRejected">Called with each rejected row, never by two writers at a time; or <see langword="null"/>.</param>
internal sealed record LoadLimits(int ChunkRows, int Writers, int RejectsMax, Func<RejectedRow, CancellationToken, ValueTask>? OnRejected)
{
    /// <summary>All that is out of its range.</summary>
    public IEnumerable<string> Validate(int chunkRowsMax, int writersMax)
    {
        if (ChunkRows < 1 || ChunkRows > chunkRowsMax)
            yield return string.Create(CultureInfo.InvariantCulture, $"ChunkRows is {ChunkRows}; set it from 1 to {chunkRowsMax}.");
        if (Writers < 1 || Writers > writersMax)
            yield return string.Create(CultureInfo.InvariantCulture, $"Writers is {Writers}; set it from 1 to {writersMax}.");
        if (RejectsMax < 0)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"RejectsMax is {RejectsMax}; set it to 0 (stop at the first rejected row) or more.");
        }
    }
}
