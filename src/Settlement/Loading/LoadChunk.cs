using Settlement.BillableEvents;

namespace Settlement.Loading;

/// <summary>The rows of one transaction on their way from the reader to the store. One owner at a time.</summary>
internal sealed class LoadChunk(int capacity)
{
    /// <summary>A chunk ends early when it holds this many rejected rows, so that a file of nothing else takes bounded memory (about 2
    /// MB).</summary>
    public const int RejectedMax = 1_000;

    public EventBatch Batch { get; } = new(capacity);

    /// <summary>The malformed rows, in the order of the rows.</summary>
    public List<RejectedRow> Rejected { get; } = [];

    /// <summary>The stream's bytes up to the chunk's end, or <see langword="null"/> where there are none.</summary>
    public long? BytesRead { get; set; }

    public bool IsFull => Batch.IsFull || Rejected.Count >= RejectedMax;

    public int Rows => Batch.Count + Rejected.Count;

    public void Clear()
    {
        Batch.Clear();
        Rejected.Clear();
        BytesRead = null;
    }
}
