using System.Runtime.CompilerServices;

namespace Settlements.Stores;

/// <summary>
/// The sums of a chunk in byte order, packed into segments, for stores that store segments instead of sums: one row for every sum would
/// cost more than the summation. Forward-only, segment by segment. Not thread-safe.
/// </summary>
/// <param name="totals">The sums, which must not change during reading.</param>
/// <param name="segmentsMax">The maximum number of segments. A range of items reads up to one extra segment of each chunk.</param>
internal sealed class PackedSums(SumAccumulator totals, int segmentsMax)
{
    private readonly int[] _order = totals.Order();
    private readonly PartialSegment _segment = new();
    private byte[] _firstMeter = [];
    private byte[] _firstItem = [];
    private int _next;
    private int _prefetched;

    /// <summary>Gets the number of segments.</summary>
    public int Count => _order.Length == 0 ? 0 : (_order.Length + Size - 1) / Size;

    /// <summary>Gets the number of the current segment, from 0.</summary>
    public int Number { get; private set; }

    /// <summary>Gets the meter of the first sum of the segment, as UTF-8.</summary>
    public ReadOnlySpan<byte> FirstMeter => _firstMeter;

    /// <summary>Gets the item of the first sum of the segment, as UTF-8.</summary>
    public ReadOnlySpan<byte> FirstItem => _firstItem;

    /// <summary>Gets the number of sums of the segment.</summary>
    public int SumCount => _segment.Count;

    /// <summary>Gets the packed sums of the segment; valid until the next segment.</summary>
    public ReadOnlySpan<byte> Bytes => _segment.Bytes;

    private int Size => (_order.Length + segmentsMax - 1) / segmentsMax;

    /// <summary>Restarts before the first segment.</summary>
    public void Reset() => (_next, _prefetched) = (0, 0);

    /// <summary>Advances to the next segment.</summary>
    /// <returns>Whether there is a next segment.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Read()
    {
        if (_next == _order.Length)
            return false;
        Number = _next / Size;
        var first = totals.Read(_order[_next]);
        (_firstMeter, _firstItem) = (first.Meter.ToArray(), first.ItemId.ToArray());
        _segment.Clear();
        for (var end = Math.Min(_next + Size, _order.Length); _next < end; _next++)
        {
            // In byte order, the sums are scattered in memory.
            if (_next == _prefetched)
                _prefetched += totals.ReadAhead(_order.AsSpan(_next));
            _segment.Add(totals.Read(_order[_next]));
        }

        return true;
    }
}
