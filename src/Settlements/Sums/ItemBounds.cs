using System.Runtime.CompilerServices;
using System.Text;

namespace Settlements;

/// <summary>The bounds of a range of items, as bytes for comparison with keys.</summary>
internal sealed class ItemBounds
{
    private readonly byte[]? _fromMeter;
    private readonly byte[] _fromItem;
    private readonly byte[]? _toMeter;
    private readonly byte[] _toItem;

    public ItemBounds(ItemRange range)
    {
        (_fromMeter, _fromItem) = range.From is null
            ? (null, [])
            : (Encoding.UTF8.GetBytes(range.From[0]), Encoding.UTF8.GetBytes(range.From[1]));
        (_toMeter, _toItem) = range.To is null
            ? (null, [])
            : (Encoding.UTF8.GetBytes(range.To[0]), Encoding.UTF8.GetBytes(range.To[1]));
    }

    public bool Contains(ReadOnlySpan<byte> meter, ReadOnlySpan<byte> item) => !IsBeforeFrom(meter, item) && IsBeforeTo(meter, item);

    /// <summary>Returns whether a key is before the range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool IsBeforeFrom(ReadOnlySpan<byte> meter, ReadOnlySpan<byte> item) =>
        _fromMeter is not null && Compare(meter, item, _fromMeter, _fromItem) < 0;

    /// <summary>Returns whether a key is before the end of the range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool IsBeforeTo(ReadOnlySpan<byte> meter, ReadOnlySpan<byte> item) =>
        _toMeter is null || Compare(meter, item, _toMeter, _toItem) < 0;

    /// <summary>Returns whether an item is before the end of the range.</summary>
    public bool IsBeforeTo(string meter, string itemId) => IsBeforeTo(Encoding.UTF8.GetBytes(meter), Encoding.UTF8.GetBytes(itemId));

    /// <summary>Compares items by the bytes of their meters, then of their ids.</summary>
    public static int Compare(
        ReadOnlySpan<byte> meter, ReadOnlySpan<byte> item, ReadOnlySpan<byte> otherMeter, ReadOnlySpan<byte> otherItem)
    {
        var order = meter.SequenceCompareTo(otherMeter);
        return order == 0 ? item.SequenceCompareTo(otherItem) : order;
    }
}
