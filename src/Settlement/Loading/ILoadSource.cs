namespace Settlement.Loading;

/// <summary>Where a load's rows come from. Used by one task; disposed by the task that used it.</summary>
internal interface ILoadSource : IAsyncDisposable
{
    /// <summary>Fills an empty chunk up to its limit, or to the end of the rows. Ends, too, once more rows are malformed than may
    /// be.</summary>
    /// <returns>Whether there may be more. When not, the chunk can hold rows all the same.</returns>
    ValueTask<bool> FillAsync(LoadChunk chunk, CancellationToken cancellationToken);
}
