namespace Settlements;

/// <summary>The rows of a CSV file as a load's source.</summary>
/// <param name="file">Its header may be read already.</param>
internal abstract class CsvLoadSource<TChunk>(CsvFileReader file) : ILoadSource<TChunk>
    where TChunk : LoadChunk
{
    private bool _hasEnded;

    protected CsvFileReader File => file;

    public async ValueTask<bool> FillAsync(TChunk chunk, CancellationToken cancellationToken)
    {
        if (file.Columns.Count == 0)
        {
            await file.ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
            CheckHeader();
        }

        while (!ReadBuffered(chunk))
            await file.RefillAsync(cancellationToken).ConfigureAwait(false);
        chunk.BytesRead = file.BytesTaken;
        return !_hasEnded;
    }

    /// <summary>The stream stays the caller's.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Refuses a header by <see cref="CsvFileReader.WrongHeader"/>.</summary>
    protected virtual void CheckHeader()
    {
    }

    /// <summary>Adds a well-formed row to a chunk that has room, or rejects it there.</summary>
    protected abstract void Add(in CsvFields fields, TChunk chunk);

    // Whether the chunk is done; if not, more bytes are needed.
    private bool ReadBuffered(TChunk chunk)
    {
        while (!_hasEnded && !chunk.IsFull)
        {
            switch (file.TryRead(out var fields, out var rejected))
            {
                case CsvRead.MoreBytes:
                    return false;
                case CsvRead.End:
                    _hasEnded = true;
                    break;
                case CsvRead.Row when rejected is not null:
                    chunk.Reject(rejected);
                    break;
                default:
                    Add(in fields, chunk);
                    break;
            }
        }

        return true;
    }
}
