namespace Settlements;

/// <summary>The rows of one transaction on their way from the source to the target. One owner at a time.</summary>
internal abstract class LoadChunk
{
    /// <summary>A chunk ends early when it holds this many malformed rows, so that a source of nothing else takes bounded memory (about 2
    /// MB).</summary>
    public const int RejectedMax = 1_000;

    private int _rowsMax = int.MaxValue;
    private int _rejectedMax = RejectedMax;

    /// <summary>The malformed rows, in the order of the rows.</summary>
    public List<RejectedRow> Rejected { get; } = [];

    /// <summary>The place of its first row in the source, from 1; a file's header is none.</summary>
    public long FirstRow { get; private set; } = 1;

    /// <summary>The rows that can be stored.</summary>
    public abstract int Count { get; }

    /// <summary>All rows of the source that it holds.</summary>
    public int RowCount => Count + Rejected.Count;

    /// <summary>The stream's bytes up to the chunk's end, or <see langword="null"/> where there are none.</summary>
    public long? BytesRead { get; set; }

    /// <summary>Whether the next row belongs to the next chunk.</summary>
    public virtual bool IsFull => RowCount >= _rowsMax || HasRejectedMax;

    protected bool HasRejectedMax => Rejected.Count >= _rejectedMax;

    /// <summary>Takes all rows out, for the next ones of the source.</summary>
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
