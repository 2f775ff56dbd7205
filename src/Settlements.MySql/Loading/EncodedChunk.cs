using System.IO.Hashing;
using System.Text;

namespace Settlements.MySql;

/// <summary>Where a row is in its source.</summary>
/// <param name="Number">The row, from 1; a file's header counts.</param>
/// <param name="Line">The line of the file on which it begins, from 1; null when the source is no file.</param>
internal readonly record struct RowPosition(long Number, long? Line)
{
    public RejectedRow Rejected(string? column, string reason, string raw) => new(Number, column, reason, raw) { LineNumber = Line };
}

/// <summary>Some rows of the source in the form in which they are sent, so that any range of them can be sent again. One owner at a time.</summary>
/// <param name="table">The table that they go to.</param>
internal sealed class EncodedChunk(TargetTable table) : LoadChunk
{
    private readonly List<int> _ends = [];
    private readonly List<RowPosition> _positions = [];

    public TargetTable Table => table;

    public RowBuffer Rows { get; } = new();

    /// <summary>Rows that can be sent.</summary>
    public override int Count => _ends.Count;

    /// <summary>The position of the row that comes next.</summary>
    public long NextNumber => FirstRow + RowCount;

    /// <summary>Ends the row whose fields were written.</summary>
    public void EndRow(RowPosition position)
    {
        Rows.EndRow();
        _ends.Add(Rows.Length);
        _positions.Add(position);
    }

    /// <summary>Takes the row under way out again.</summary>
    public override void Reject(RejectedRow row)
    {
        Rows.CutTo(_ends.Count == 0 ? 0 : _ends[^1]);
        base.Reject(row);
    }

    public RowPosition PositionOf(int index) => _positions[index];

    /// <summary>A range of the rows, encoded.</summary>
    public ReadOnlySpan<byte> Encoded(int from, int to) => Rows.Bytes[(from == 0 ? 0 : _ends[from - 1])..(to == 0 ? 0 : _ends[to - 1])];

    /// <summary>Tells whether another source gives the same rows for the same columns.</summary>
    public byte[] Checksum()
    {
        var hash = new XxHash128();
        hash.Append(Encoding.UTF8.GetBytes($"{table.Name}({string.Join(',', table.Columns.Select(c => c.Name))})"));
        hash.Append(Rows.Bytes);
        foreach (var row in Rejected)
            hash.Append(BitConverter.GetBytes(row.RowNumber));
        return hash.GetCurrentHash();
    }

    /// <summary>The rows of a range, to be sent.</summary>
    public IRowSource Range(int from, int to) => new RangeRows(this, from, to);

    protected override void ClearRows()
    {
        Rows.Clear();
        _ends.Clear();
        _positions.Clear();
    }

    private sealed class RangeRows(EncodedChunk chunk, int from, int to) : IRowSource
    {
        private int _written;

        public void Reset() => _written = 0;

        public bool TryWrite(RowBuffer rows)
        {
            var next = from + _written;
            if (next == to)
                return false;
            rows.Encoded(chunk.Encoded(next, next + 1));
            _written++;
            return true;
        }
    }
}
