namespace Settlements;

/// <summary>The source of the rows of a load. A single task uses and disposes it.</summary>
internal interface ILoadSource<in TChunk> : IAsyncDisposable
    where TChunk : LoadChunk
{
    /// <summary>Adds rows to an empty chunk until the chunk is full or the rows end.</summary>
    /// <returns>Whether there may be more rows. The chunk may contain rows in either case.</returns>
    ValueTask<bool> FillAsync(TChunk chunk, CancellationToken cancellationToken);
}
