using Settlements.Stores;

namespace Settlements;

/// <summary>The events of one transaction.</summary>
internal sealed class EventChunk(int capacity) : LoadChunk
{
    // The rows at which the difference between line number and row number changes: one entry for a file without quoted line breaks.
    private readonly List<(long Row, long LinesAhead)> _lines = [];

    public EventBatch Batch { get; } = new(capacity);

    public override int Count => Batch.Count;

    /// <summary>The limit applies to events; malformed rows do not count.</summary>
    public override bool IsFull => Batch.IsFull || HasRejectedMax;

    /// <summary>Records the line of the file on which a row starts. Rows must ascend.</summary>
    public void AddLine(long rowNumber, long lineNumber)
    {
        if (_lines.Count == 0 || _lines[^1].LinesAhead != lineNumber - rowNumber)
            _lines.Add((rowNumber, lineNumber - rowNumber));
    }

    /// <summary>Returns the line on which a row of the chunk starts; null when the source is not a file.</summary>
    public long? LineOf(long rowNumber)
    {
        var last = _lines.FindLastIndex(entry => entry.Row <= rowNumber);
        return last < 0 ? null : rowNumber + _lines[last].LinesAhead;
    }

    protected override void ClearRows()
    {
        _lines.Clear();
        Batch.Clear();
    }
}
