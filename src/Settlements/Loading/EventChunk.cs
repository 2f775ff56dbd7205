using Settlements.Stores;

namespace Settlements;

/// <summary>Events of one transaction.</summary>
internal sealed class EventChunk(int capacity) : LoadChunk
{
    // Where the distance between rows and lines changes: one entry for a file without quoted line breaks.
    private readonly List<(long Row, long LinesAhead)> _lines = [];

    public EventBatch Batch { get; } = new(capacity);

    public override int Count => Batch.Count;

    /// <summary>The limit is that of the events; malformed rows do not count against it.</summary>
    public override bool IsFull => Batch.IsFull || HasRejectedMax;

    /// <summary>Records on which line of the file a row begins; in the order of the rows.</summary>
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

    protected override void ClearRows()
    {
        _lines.Clear();
        Batch.Clear();
    }
}
