namespace Settlements;

/// <summary>The rows of one transaction, filled by the source and stored by the target. Not thread-safe.</summary>
internal abstract class LoadChunk
{
    /// <summary>
    /// The number of malformed rows at which a chunk ends early, which bounds the memory of a source without valid rows (about 2 MB).
    /// </summary>
    public const int RejectedMax = 1_000;

    private int _rowsMax = int.MaxValue;
    private int _rejectedMax = RejectedMax;

    /// <summary>Gets the malformed rows in order.</summary>
    public List<RejectedRow> Rejected { get; } = [];

    /// <summary>Gets the number of the first row in the source, from 1, without the header of a file.</summary>
    public long FirstRow { get; private set; } = 1;

    /// <summary>Gets the number of rows to be stored.</summary>
    public abstract int Count { get; }

    /// <summary>Gets the number of all rows, malformed ones included.</summary>
    public int RowCount => Count + Rejected.Count;

    /// <summary>
    /// Gets or sets the bytes of the stream up to the end of the chunk; <see langword="null"/> when the source is not a stream.
    /// </summary>
    public long? BytesRead { get; set; }

    /// <summary>Gets whether the chunk is full.</summary>
    public virtual bool IsFull => RowCount >= _rowsMax || HasRejectedMax;

    protected bool HasRejectedMax => Rejected.Count >= _rejectedMax;

    /// <summary>Removes all rows, to reuse the chunk.</summary>
    public void Clear(long firstRow = 1, int rowsMax = int.MaxValue, int rejectedMax = RejectedMax)
    {
        (FirstRow, _rowsMax, _rejectedMax) = (firstRow, rowsMax, rejectedMax);
        Rejected.Clear();
        BytesRead = null;
        ClearRows();
    }

    /// <summary>Adds a malformed row.</summary>
    public virtual void Reject(RejectedRow row) => Rejected.Add(row);

    protected abstract void ClearRows();
}
