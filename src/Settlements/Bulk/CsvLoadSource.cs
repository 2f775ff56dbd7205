namespace Settlements;

/// <summary>A load source that reads a CSV file.</summary>
/// <param name="file">The file, whose header may already be read.</param>
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

    /// <summary>Does nothing: the caller disposes the stream.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Validates the header; throws <see cref="CsvFileReader.WrongHeader"/> when it is invalid.</summary>
    protected virtual void CheckHeader()
    {
    }

    /// <summary>Adds a well-formed row to a chunk that is not full, or adds its rejection.</summary>
    protected abstract void Add(in CsvFields fields, TChunk chunk);

    // Returns whether the chunk is complete; if not, more bytes are required.
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
