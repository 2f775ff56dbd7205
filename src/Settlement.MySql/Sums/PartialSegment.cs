using System.Numerics;
using Settlement.Sums;

namespace Settlement.MySql.Sums;

/// <summary>
/// Some of a chunk's sums, packed: for each its meter (length 0: that of the sum before), item and payee with their lengths, the own day, the
/// quantity (up to 128 bits) and the number of events, both zigzag. All numbers are of 7 bits a byte, the lowest first.
/// </summary>
internal sealed class PartialSegment
{
    private const int LongBytesMax = 10;
    private const int WideBytesMax = 19;

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
            var start = at;
            var isLong = TryReadSigned(packed, ref at, out var quantity);
            var end = at;
            TryReadSigned(packed, ref at, out var events);
            if (!bounds.Contains(packed[meter], item))
                continue;
            if (isLong)
                totals.Add(packed[meter], item, payee, ownDay, quantity, events);
            else
                totals.Add(packed[meter], item, payee, ownDay, ReadWide(packed[start..end]), events);
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

    /// <summary>A number of up to 64 bits; false, wherever the reading stands then, for one that is longer.</summary>
    private static bool TryReadSigned(ReadOnlySpan<byte> packed, ref int at, out long value)
    {
        var start = at;
        var zigzag = ReadNumber(packed, ref at);
        value = unchecked((long)(zigzag >> 1) ^ -(long)(zigzag & 1));
        return at - start < LongBytesMax || (at - start == LongBytesMax && packed[at - 1] <= 1);
    }

    private static ulong ReadNumber(ReadOnlySpan<byte> packed, ref int at)
    {
        var (value, shift) = (0ul, 0);
        for (; packed[at] >= 0x80; at++, shift += 7)
            value |= (ulong)(packed[at] & 0x7F) << shift;
        return value | (ulong)packed[at++] << shift;
    }

    private static Int128 ReadWide(ReadOnlySpan<byte> number)
    {
        var zigzag = UInt128.Zero;
        for (var i = 0; i < number.Length; i++)
            zigzag |= (UInt128)(number[i] & 0x7Fu) << (7 * i);
        return unchecked((Int128)(zigzag >> 1) ^ -(Int128)(zigzag & 1));
    }

    private void Text(ReadOnlySpan<byte> text)
    {
        Number((uint)text.Length);
        Room(text.Length);
        text.CopyTo(_bytes.AsSpan(Length));
        Length += text.Length;
    }

    private void Signed(Int128 value)
    {
        if (value >= long.MinValue && value <= long.MaxValue)
        {
            Signed((long)value);
            return;
        }

        Room(WideBytesMax);
        var zigzag = unchecked((UInt128)((value << 1) ^ (value >> 127)));
        for (; zigzag >= 0x80; zigzag >>= 7)
            _bytes[Length++] = (byte)((uint)(zigzag & 0x7F) | 0x80);
        _bytes[Length++] = (byte)zigzag;
    }

    private void Signed(long value) => Number(unchecked((ulong)((value << 1) ^ (value >> 63))));

    private void Number(ulong value)
    {
        Room(LongBytesMax);
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
