using Settlement.BillableEvents;

namespace Settlement.Loading;

/// <summary>The rows of one transaction on their way from the reader to the store. One owner at a time.</summary>
internal sealed class LoadChunk(int capacity)
{
    /// <summary>A chunk ends early when it holds this many rejected rows, so that a file of nothing else takes bounded memory (about 2
    /// MB).</summary>
    public const int RejectedMax = 1_000;

    // Where the distance between rows and lines changes: one entry for a file without quoted line breaks.
    private readonly List<(long Row, long LinesAhead)> _lines = [];

    public EventBatch Batch { get; } = new(capacity);

    /// <summary>The malformed rows, in the order of the rows.</summary>
    public List<RejectedRow> Rejected { get; } = [];

    /// <summary>The stream's bytes up to the chunk's end, or <see langword="null"/> where there are none.</summary>
    public long? BytesRead { get; set; }

    public bool IsFull => Batch.IsFull || Rejected.Count >= RejectedMax;

    public int Rows => Batch.Count + Rejected.Count;

    /// <summary>Says on which line of the file a row begins; in the order of the rows.</summary>
    public void Place(long rowNumber, long lineNumber)
    {
        if (_lines.Count == 0 || _lines[^1].LinesAhead != lineNumber - rowNumber)
            _lines.Add((rowNumber, lineNumber - rowNumber));
    }

    /// <summary>The line on which a row of the chunk begins; null when its source is no file.</summary>
    public long? LineOf(long rowNumber)
    {
        var last = _lines.FindLastIndex(place => place.Row <= rowNumber);
        return last < 0 ? null : rowNumber + _lines[last].LinesAhead;
    }

    public void Clear()
    {
        _lines.Clear();
        Batch.Clear();
        Rejected.Clear();
        BytesRead = null;
    }
}
