using System.Numerics;
using Settlement.Sums;

namespace Settlement.MySql.Sums;

/// <summary>
/// Some of a chunk's sums, packed: for each its meter (length 0: that of the sum before), item and payee with their lengths, the own day, the
/// quantity and the number of events, both zigzag. All numbers are of 7 bits a byte, the lowest first.
/// </summary>
internal sealed class PartialSegment
{
    private byte[] _bytes = new byte[64 * 1024];
    private byte[] _meter = [];

    public int Length { get; private set; }

    public int Count { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    public void Clear()
    {
        (Length, Count) = (0, 0);
        _meter = [];
    }

    public void Add(in TotalsAccumulator.Total total)
    {
        if (total.Meter.SequenceEqual(_meter))
        {
            Number(0);
        }
        else
        {
            Text(total.Meter);
            _meter = total.Meter.ToArray();
        }

        Text(total.ItemId);
        Text(total.PayeeId);
        Number((uint)total.OwnDay);
        Signed(total.Quantity);
        Signed(total.Events);
        Count++;
    }

    /// <summary>Adds the sums of a packed segment that lie in a range of items.</summary>
    /// <returns>How many there are in the range.</returns>
    public static int AddTo(TotalsAccumulator totals, ReadOnlySpan<byte> packed, ItemBounds bounds)
    {
        var meter = default(Range);
        var (at, count) = (0, 0);
        while (at < packed.Length)
        {
            if (ReadText(packed, ref at) is var another && another.End.Value > another.Start.Value)
                meter = another;
            var item = packed[ReadText(packed, ref at)];
            var payee = packed[ReadText(packed, ref at)];
            var ownDay = (int)ReadNumber(packed, ref at);
            var quantity = ReadSigned(packed, ref at);
            var events = ReadSigned(packed, ref at);
            if (!bounds.Contains(packed[meter], item))
                continue;
            totals.Add(packed[meter], item, payee, ownDay, quantity, events);
            count++;
        }

        return count;
    }

    private static Range ReadText(ReadOnlySpan<byte> packed, ref int at)
    {
        var length = (int)ReadNumber(packed, ref at);
        at += length;
        return (at - length)..at;
    }

    private static long ReadSigned(ReadOnlySpan<byte> packed, ref int at)
    {
        var zigzag = ReadNumber(packed, ref at);
        return unchecked((long)(zigzag >> 1) ^ -(long)(zigzag & 1));
    }

    private static ulong ReadNumber(ReadOnlySpan<byte> packed, ref int at)
    {
        var (value, shift) = (0ul, 0);
        for (; packed[at] >= 0x80; at++, shift += 7)
            value |= (ulong)(packed[at] & 0x7F) << shift;
        return value | (ulong)packed[at++] << shift;
    }

    private void Text(ReadOnlySpan<byte> text)
    {
        Number((uint)text.Length);
        Room(text.Length);
        text.CopyTo(_bytes.AsSpan(Length));
        Length += text.Length;
    }

    private void Signed(long value) => Number(unchecked((ulong)((value << 1) ^ (value >> 63))));

    private void Number(ulong value)
    {
        Room(10);
        for (; value >= 0x80; value >>= 7)
            _bytes[Length++] = (byte)(value & 0x7F | 0x80);
        _bytes[Length++] = (byte)value;
    }

    private void Room(int bytes)
    {
        if (Length + bytes > _bytes.Length)
            Array.Resize(ref _bytes, (int)BitOperations.RoundUpToPowerOf2((uint)(Length + bytes)));
    }
}
