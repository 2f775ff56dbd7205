using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Settlements;

/// <summary>Reads the sums of consecutive segments in order; see <see cref="PartialSegment"/>. Not thread-safe.</summary>
internal sealed class SegmentReader(IReadOnlyList<byte[]> segments)
{
    private readonly KeyText _item = new();
    private readonly KeyText _payee = new();
    private byte[] _meter = [];
    private byte[] _packed = [];
    private int _next;
    private int _at;

    public ReadOnlySpan<byte> Meter => _meter;

    public ReadOnlySpan<byte> ItemId => _item.Bytes;

    public ReadOnlySpan<byte> PayeeId => _payee.Bytes;

    /// <summary>Gets the <see cref="DateOnly.DayNumber"/> of the usage date of late usage; 0 for usage on time.</summary>
    public int UsageDate { get; private set; }

    public Int128 Quantity { get; private set; }

    public long Events { get; private set; }

    /// <summary>Advances to the next sum.</summary>
    /// <returns>Whether there is a next sum.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Read()
    {
        while (_at == _packed.Length)
        {
            if (_next == segments.Count)
                return false;
            (_packed, _at) = (segments[_next++], 0);
            _item.Clear();
            _payee.Clear();
        }

        var flags = _packed[_at++];
        if ((flags & PartialSegment.IsOfSameMeter) == 0)
            _meter = Bytes((int)Number()).ToArray();
        Text(_item);
        Text(_payee);
        UsageDate = (flags & PartialSegment.IsOnTime) != 0 ? 0 : (int)Number();
        Quantity = (flags & PartialSegment.IsWide) != 0 ? BinaryPrimitives.ReadInt128LittleEndian(Bytes(16)) : Signed();
        Events = (flags & PartialSegment.HasUnitEvents) != 0 ? (long)Quantity : Signed();
        return true;
    }

    /// <summary>Compares sums by the bytes of meter, item and payee, then by usage date, with usage on time first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int CompareTo(SegmentReader other)
    {
        var order = ReferenceEquals(_meter, other._meter) ? 0 : Meter.SequenceCompareTo(other.Meter);
        if (order == 0)
            order = ItemId.SequenceCompareTo(other.ItemId);
        if (order == 0)
            order = PayeeId.SequenceCompareTo(other.PayeeId);
        return order == 0 ? UsageDate.CompareTo(other.UsageDate) : order;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Text(KeyText text)
    {
        var same = (int)Number();
        text.Set(same, Bytes((int)Number()));
    }

    private ReadOnlySpan<byte> Bytes(int count)
    {
        _at += count;
        return _packed.AsSpan(_at - count, count);
    }

    private ulong Number() => PackedNumber.Read(_packed, ref _at);

    private long Signed() => PackedNumber.ReadSigned(_packed, ref _at);
}
