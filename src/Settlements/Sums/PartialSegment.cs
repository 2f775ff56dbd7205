using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// A packed sequence of sums of a chunk, in order. A sum consists of a byte of flags; its meter, unless it equals that of the previous
/// sum; its item and its payee, each as the length of the prefix in common with the previous sum and the rest; the usage date of late
/// usage; the quantity; and the number of events, unless it equals the quantity. Numbers have 7 bits per byte, the lowest first, and
/// signed ones are zigzag-encoded; a quantity beyond 64 bits has 16 bytes. Consecutive sums have similar ids, so that the size is a third
/// of that of their texts. Read by <see cref="SegmentReader"/>.
/// </summary>
internal sealed class PartialSegment
{
    // The flags are printable bytes, which need no escaping in SQL statements.
    public const byte Flags = 0x20;
    public const byte IsOfSameMeter = 1;
    public const byte IsOnTime = 2;
    public const byte HasUnitEvents = 4;
    public const byte IsWide = 8;

    private const int NumberBytesMax = 10;
    private const int WideBytes = 16;

    private readonly KeyText _item = new();
    private readonly KeyText _payee = new();
    private byte[] _bytes = new byte[64 * 1024];
    private byte[] _meter = [];

    public int Length { get; private set; }

    public int Count { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    public void Clear()
    {
        (Length, Count) = (0, 0);
        _meter = [];
        _item.Clear();
        _payee.Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(in SumAccumulator.Total total)
    {
        var isOfSameMeter = total.Meter.SequenceEqual(_meter);
        var isWide = total.Quantity < long.MinValue || total.Quantity > long.MaxValue;
        var hasUnitEvents = total.Quantity == total.Events;
        EnsureCapacity(1);
        _bytes[Length++] = (byte)(Flags | (isOfSameMeter ? IsOfSameMeter : 0) | (total.UsageDate == 0 ? IsOnTime : 0)
            | (hasUnitEvents ? HasUnitEvents : 0) | (isWide ? IsWide : 0));
        if (!isOfSameMeter)
        {
            _meter = total.Meter.ToArray();
            Text(_meter);
        }

        Text(_item, total.ItemId);
        Text(_payee, total.PayeeId);
        if (total.UsageDate != 0)
            Number((uint)total.UsageDate);
        if (isWide)
            Wide(total.Quantity);
        else
            Signed((long)total.Quantity);
        if (!hasUnitEvents)
            Signed(total.Events);
        Count++;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Text(KeyText last, ReadOnlySpan<byte> text)
    {
        var same = last.Bytes.CommonPrefixLength(text);
        Number((uint)same);
        Text(text[same..]);
        last.Set(same, text[same..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Text(ReadOnlySpan<byte> text)
    {
        Number((uint)text.Length);
        EnsureCapacity(text.Length);
        text.CopyTo(_bytes.AsSpan(Length));
        Length += text.Length;
    }

    private void Wide(Int128 value)
    {
        EnsureCapacity(WideBytes);
        BinaryPrimitives.WriteInt128LittleEndian(_bytes.AsSpan(Length), value);
        Length += WideBytes;
    }

    private void Signed(long value) => Number(unchecked((ulong)((value << 1) ^ (value >> 63))));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Number(ulong value)
    {
        EnsureCapacity(NumberBytesMax);
        for (; value >= 0x80; value >>= 7)
            _bytes[Length++] = (byte)(value & 0x7F | 0x80);
        _bytes[Length++] = (byte)value;
    }

    private void EnsureCapacity(int bytes)
    {
        if (Length + bytes > _bytes.Length)
            Array.Resize(ref _bytes, (int)BitOperations.RoundUpToPowerOf2((uint)(Length + bytes)));
    }
}

/// <summary>A text buffer whose suffix is replaced.</summary>
internal sealed class KeyText
{
    private byte[] _bytes = new byte[256];
    private int _length;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    public void Clear() => _length = 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Set(int prefixLength, ReadOnlySpan<byte> rest)
    {
        _length = prefixLength + rest.Length;
        if (_length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_length, _bytes.Length * 2));
        rest.CopyTo(_bytes.AsSpan(prefixLength));
    }
}
