namespace Settlements;

/// <summary>Where a load's rows come from. Used by one task; disposed by the task that used it.</summary>
internal interface ILoadSource<in TChunk> : IAsyncDisposable
    where TChunk : LoadChunk
{
    /// <summary>Adds rows to an empty chunk until it is full, or to the end of the rows.</summary>
    /// <returns>Whether there may be more. When not, the chunk can hold rows all the same.</returns>
    ValueTask<bool> FillAsync(TChunk chunk, CancellationToken cancellationToken);
}
