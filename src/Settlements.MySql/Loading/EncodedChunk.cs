using System.IO.Hashing;
using System.Text;

namespace Settlements.MySql;

/// <summary>A row's position in its source.</summary>
/// <param name="Number">The row's number, from 1, including a file's header.</param>
/// <param name="Line">The line of the file on which it starts, from 1; null if the source is not a file.</param>
internal readonly record struct RowPosition(long Number, long? Line)
{
    public RejectedRow Rejected(string? column, string reason, string raw) => new(Number, column, reason, raw) { LineNumber = Line };
}

/// <summary>Encoded rows of the source, of which any range can be sent repeatedly. Not thread-safe.</summary>
/// <param name="table">The target table.</param>
internal sealed class EncodedChunk(TargetTable table) : LoadChunk
{
    private readonly List<int> _ends = [];
    private readonly List<RowPosition> _positions = [];

    public TargetTable Table => table;

    public RowBuffer Rows { get; } = new();

    /// <summary>The number of encoded rows.</summary>
    public override int Count => _ends.Count;

    /// <summary>The number of the next row.</summary>
    public long NextNumber => FirstRow + RowCount;

    /// <summary>Terminates the current row.</summary>
    public void EndRow(RowPosition position)
    {
        Rows.EndRow();
        _ends.Add(Rows.Length);
        _positions.Add(position);
    }

    /// <summary>Removes the current row, and records it as rejected.</summary>
    public override void Reject(RejectedRow row)
    {
        Rows.CutTo(_ends.Count == 0 ? 0 : _ends[^1]);
        base.Reject(row);
    }

    public RowPosition PositionOf(int index) => _positions[index];

    /// <summary>Returns the bytes of a range of rows.</summary>
    public ReadOnlySpan<byte> Encoded(int from, int to) => Rows.Bytes[(from == 0 ? 0 : _ends[from - 1])..(to == 0 ? 0 : _ends[to - 1])];

    /// <summary>Returns a checksum of table, columns and rows, by which a different source is detected.</summary>
    public byte[] Checksum()
    {
        var hash = new XxHash128();
        hash.Append(Encoding.UTF8.GetBytes($"{table.Name}({string.Join(',', table.Columns.Select(c => c.Name))})"));
        hash.Append(Rows.Bytes);
        foreach (var row in Rejected)
            hash.Append(BitConverter.GetBytes(row.RowNumber));
        return hash.GetCurrentHash();
    }

    /// <summary>Returns a range of rows as a source for sending.</summary>
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
