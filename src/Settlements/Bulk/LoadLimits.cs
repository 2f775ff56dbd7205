using System.Globalization;

namespace Settlements;

/// <summary>The limits of a load.</summary>
/// <param name="ChunkRows">The maximum number of rows of a chunk, 1 or more.</param>
/// <param name="Writers">The number of chunks that are stored concurrently, 1 or more.</param>
/// <param name="RejectsMax">The maximum number of rejected rows before the load stops, 0 or more.</param>
/// <param name="OnRejected">The callback for each rejected row, never called concurrently; or <see langword="null"/>.</param>
internal sealed record LoadLimits(int ChunkRows, int Writers, int RejectsMax, Func<RejectedRow, CancellationToken, ValueTask>? OnRejected)
{
    /// <summary>Returns an error for each limit that is out of its range.</summary>
    public IEnumerable<string> Validate(int chunkRowsMax, int writersMax)
    {
        if (ChunkRows < 1 || ChunkRows > chunkRowsMax)
            yield return string.Create(CultureInfo.InvariantCulture, $"ChunkRows is {ChunkRows}; use 1 to {chunkRowsMax}.");
        if (Writers < 1 || Writers > writersMax)
            yield return string.Create(CultureInfo.InvariantCulture, $"Writers is {Writers}; use 1 to {writersMax}.");
        if (RejectsMax < 0)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"RejectsMax is {RejectsMax}; use 0 (stop at the first rejected row) or more.");
        }
    }
}
