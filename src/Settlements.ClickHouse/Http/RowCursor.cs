using System.Buffers.Binary;

namespace Settlements.ClickHouse;

/// <summary>
/// Reads values of the format RowBinary: little-endian integers, and texts after their length. Past the end of the bytes it is incomplete,
/// and values are 0 or empty.
/// </summary>
internal ref struct RowCursor(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Whether a value ended after the last byte.</summary>
    public bool IsIncomplete { get; private set; }

    /// <summary>The number of bytes that were read.</summary>
    public int Position { get; private set; }

    public long Int64() => Take(sizeof(long)) is { Length: sizeof(long) } value ? BinaryPrimitives.ReadInt64LittleEndian(value) : 0;

    public ulong UInt64() => unchecked((ulong)Int64());

    public ReadOnlySpan<byte> Text()
    {
        ulong length = 0;
        for (var shift = 0; shift < 63; shift += 7)
        {
            if (Take(1) is not { Length: 1 } digit)
                return default;
            length |= (ulong)(digit[0] & 0x7F) << shift;
            if ((digit[0] & 0x80) == 0)
                return length <= int.MaxValue ? Take((int)length) : Incomplete();
        }

        return Incomplete();
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _bytes.Length - Position || IsIncomplete)
            return Incomplete();
        var value = _bytes.Slice(Position, length);
        Position += length;
        return value;
    }

    private ReadOnlySpan<byte> Incomplete()
    {
        IsIncomplete = true;
        return default;
    }
}
